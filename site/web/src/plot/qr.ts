// A text as a QR code.

import { generate } from 'lean-qr';

/** The dark squares of a QR code, each 1 wide, as a path within size × size. */
export interface QR { size: number; path: string }

/** The QR code of a text, undefined of one that is too long for any. */
export function qr(text: string): QR | undefined {
  try {
    const code = generate(text);
    let path = '';
    for (let y = 0; y < code.size; y++) {
      for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
    }
    return { size: code.size, path };
  } catch {
    return undefined;
  }
}
