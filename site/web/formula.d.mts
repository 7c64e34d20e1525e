export function mathOf(tex: string): string;
