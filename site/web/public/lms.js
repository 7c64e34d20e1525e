// A page around the laboratory: it shows a lesson or a scene in a frame, hears
// what that tells, and passes it on to a learning management system by SCORM 1.2,
// where there is one around. Of its address
//
//	lms.html?lesson=depth            shows a lesson
//	lms.html?step=6.2&seed=3         or a step of a scene, and any setting of a link
//	lms.html?page=file&…             of abkd-lab.html, which lies beside this one
//	lms.html?events=1&…              lists what the frame tells
'use strict';

const query = new URLSearchParams(location.search), frame = document.getElementById('lab'), list = document.getElementById('events');
const page = query.get('page') === 'file' ? 'abkd-lab.html' : './', listed = query.get('events') === '1', step = query.get('step');
for (const own of ['page', 'events', 'step']) query.delete(own);
const begun = Date.now();

/** SCORM's object in a window around this one, or around the one that opened it; undefined without a system. */
function find(from) {
  for (let w = from, depth = 0; w && depth < 10; w = w.parent, depth++) {
    try {
      if (w.API) return w.API;
    } catch { /* of another origin */ }
    if (w.parent === w) return w.opener ? find(w.opener) : undefined;
  }
  return undefined;
}

const api = find(window);
const put = (name, value) => api?.LMSSetValue(`cmi.${name}`, String(value));
const commit = () => api?.LMSCommit('');
/** How many questions have been told. */
let questions = 0;

/** Tells of a question that was answered; result is "" where nobody knows yet. */
function answered(id, response, result) {
  const at = `interactions.${questions++}`;
  put(`${at}.id`, id);
  put(`${at}.type`, 'fill-in');
  put(`${at}.student_response`, response.slice(0, 255));
  if (result) put(`${at}.result`, result);
}

/** What is passed on of each event. A lesson is passed by a right guess; without one the end of a run completes it. */
const passes = {
  place: ({ scene, step: at }) => put('core.lesson_location', `${scene}.${at}`),
  guess: ({ question, guess }) => answered(question, guess, ''),
  finished() { if (!query.has('lesson')) put('core.lesson_status', 'completed'); },
  lesson({ lesson, guess, right }) {
    answered(lesson, guess, right ? 'correct' : 'wrong');
    put('core.score.min', 0);
    put('core.score.max', 100);
    put('core.score.raw', right ? 100 : 0);
    put('core.lesson_status', right ? 'passed' : 'failed');
  },
};

addEventListener('message', ({ source, data }) => {
  if (source !== frame.contentWindow || data?.from !== 'abkd-lab') return;
  if (listed) list.append(Object.assign(document.createElement('li'), { textContent: JSON.stringify(data) }));
  if (!passes[data.type]) return;
  passes[data.type](data);
  commit();
});

/** A time as SCORM 1.2 has it. */
function span(ms) {
  const s = Math.floor(ms / 1000), two = (n) => String(n).padStart(2, '0');
  return `${String(Math.floor(s / 3600)).padStart(4, '0')}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

api?.LMSInitialize('');
if (api?.LMSGetValue('cmi.core.lesson_status') === 'not attempted') put('core.lesson_status', 'incomplete');
addEventListener('pagehide', () => {
  put('core.session_time', span(Date.now() - begun));
  commit();
  api?.LMSFinish('');
});
frame.src = `${page}?embed=1${step ? `&step=${step}` : ''}#${query}`;
