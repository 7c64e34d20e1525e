// What the tests of lessons share.

import { readFileSync } from 'node:fs';
import { until } from './many.mjs';

/** The course in a language, as it was built. */
export const course = (tag) => JSON.parse(readFileSync(new URL(`../public/generated/lessons-${tag}.json`, import.meta.url), 'utf8'));

/** The steps that a lesson has. */
export const steps = (lesson) => ['claim', 'guess', 'run', 'reveal', 'why', 'change'].filter((part) => lesson.texts[part]?.length > 0);

/** Waits until a step of the lesson is shown. */
export const shows = (page, lesson, part) => until(page, ([title, at]) => document.querySelector('#scene-title')?.textContent === title && document.querySelectorAll('.lesson .dot')[at]?.getAttribute('aria-current') === 'step', [lesson.title, steps(lesson).indexOf(part)]);

/** Waits until the next step may be seen. */
export const isFree = (page) => until(page, () => document.querySelector('.lesson .story-go .primary')?.disabled === false);
