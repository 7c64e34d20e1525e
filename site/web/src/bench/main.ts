import { mount } from 'svelte';
import Bench from './Bench.svelte';
import '../style.css';

const target = document.getElementById('app')!;
target.replaceChildren();
mount(Bench, { target });
