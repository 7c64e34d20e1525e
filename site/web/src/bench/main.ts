import { mount } from 'svelte';
import messages from 'virtual:later-messages';
import { Language } from '../state/language.svelte';
import { Supply } from '../wire/supply';
import { learn } from '../texts/texts';
import Bench from './Bench.svelte';
import '../style.css';

learn(messages);
const target = document.getElementById('app')!;
await new Language(new Supply(), (text) => console.error(text), 'bench.title').open();
target.replaceChildren();
mount(Bench, { target });
