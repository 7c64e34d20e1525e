// What the first picture does without. It is a file of its own, which is fetched as
// soon as that stands, so that it is there when it is asked for; a page whose address
// asks for more than the first picture begins with it.

import messages from 'virtual:later-messages';
import { learn } from './texts/texts';

learn(messages);

export { default as Course } from './lessons/Course.svelte';
export { default as Class } from './room/Class.svelte';
export { default as ClassBar } from './room/ClassBar.svelte';
export { Classroom } from './room/classroom.svelte';
export { shortOf } from './room/talk';
export { default as Drawer } from './Drawer.svelte';
export { Own } from './files/own.svelte';
export { default as Around } from './parts/Around.svelte';
export { default as Beside } from './parts/Beside.svelte';
export { default as Handout } from './parts/Handout.svelte';
export { default as Inspector } from './parts/Inspector.svelte';
export { default as Share } from './parts/Share.svelte';
export { default as SlowMotion } from './parts/SlowMotion.svelte';
export { default as TermCard } from './parts/TermCard.svelte';
export { isOfStudies, questionOf } from './scenes/questions';
export { panels } from './scenes/scenes';
export { courseOf, coursesPicture } from './studies/picture';
export { Studies } from './studies/studies.svelte';
