import { mount } from 'svelte';
import { Language } from '../state/language.svelte';
import { Supply } from '../wire/supply';
import Bench from './Bench.svelte';
import '../style.css';

const target = document.getElementById('app')!;
await new Language(new Supply(), (text) => console.error(text), 'bench.title').open();
target.replaceChildren();
mount(Bench, { target });
