import { mount } from 'svelte';
import App from './App.svelte';
import { Lab } from './state/lab.svelte';
// Before those of the whole page, which decide, though what they are of comes later.
import './studies/studies.css';
import './lessons/lessons.css';
import './room/class.css';
import './files/data.css';
import './style.css';
import './screen.css';
import './scenes/scenes.css';

const target = document.getElementById('app')!;
const lab = new Lab();
if (!lab.supply.native) void lab.supply.trainer().catch(() => { /* told when it is used */ });
/** An address asks for more than the first picture, and all of it is shown at once. */
const asked = location.hash || location.search ? import('./later').catch(() => undefined) : undefined;
await lab.language.open(); // until then the document says that it loads
const later = await asked;
target.replaceChildren();
mount(App, { target, props: { lab, later } });
