// A room: a Durable Object that holds the sockets, records and alarm of one, and
// has a program for its rules (rules.go). While nobody says anything it is put to
// sleep, its sockets stay.

import { DurableObject } from 'cloudflare:workers';
import { start } from './program.mjs';

/** Why sockets are closed. */
const over = 1000, unsupported = 1003, refused = 1008, tooLarge = 1009;
/** Of one person at a time: pages that were closed, and whose end is not known yet, are among them. */
const socketsEach = 4;
/** How long a heartbeat is at most in memory alone, in milliseconds: each row written is paid for, and pages say theirs again. */
const saveAfter = 60_000;

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.later = {};
    /** When each socket last said something. What was said before the object was put to sleep counts as said when it woke. */
    this.heard = new WeakMap();
    this.woken = Date.now();
    ctx.blockConcurrencyWhile(async () => {
      const records = await ctx.storage.list();
      if (records.size > 0) await this.begin(records);
    });
  }

  /** Starts the program on records. A room that has not been opened has none: to guess codes is cheap. */
  async begin(records) {
    const { binding } = await start({ env: this.env, part: 'room' });
    const why = binding.load(JSON.stringify(Object.fromEntries(records)));
    if (why) throw new Error(why);
    this.rules = binding;
  }

  /** Does what the server asks for, and resolves to {status, answer} as text. */
  async call(request) {
    if (!this.rules && JSON.parse(request).do !== 'open') return JSON.stringify({ status: 404, answer: '{"error":"there is no such room"}' });
    if (!this.rules) await this.ctx.blockConcurrencyWhile(async () => { if (!this.rules) await this.begin(new Map()); });
    const before = this.rules.expires();
    const outcome = JSON.parse(this.rules.call(Date.now(), request));
    await this.settle(outcome, !outcome.over && this.rules.expires() !== before);
    return JSON.stringify({ status: outcome.status, answer: outcome.answer });
  }

  /** Makes a socket of somebody who has been identified. */
  fetch(request) {
    const who = request.headers.get('who'), [role] = who.split('/'), own = this.sockets(who);
    if (!this.rules || !this.hasPlace()) return new Response(null, { status: 503 });
    if (own.length >= socketsEach) own[0].close(refused);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [...new Set([role, who])]);
    server.serializeAttachment(who);
    this.heard.set(server, Date.now());
    server.send(this.rules.greet(Date.now(), who));
    return new Response(null, { status: 101, webSocket: client, headers: { 'Sec-WebSocket-Protocol': this.rules.protocol } });
  }

  /** The sockets with a tag, or all. One that is being closed is among the object's until its page has answered that, which it need not; it takes no place, and nothing can be sent to it. */
  sockets(tag) { return this.ctx.getWebSockets(tag).filter((socket) => socket.readyState === WebSocket.READY_STATE_OPEN); }

  /** Whether there is a place for another socket. If there is none, those give up theirs that have said nothing for long, as no page does: of their connections only this end is left. */
  hasPlace() {
    const isFull = () => this.sockets().length >= Number(this.env.ROOM_SIZE);
    if (isFull()) for (const socket of this.sockets()) if (Date.now() - (this.heard.get(socket) ?? this.woken) > Number(this.env.ROOM_SILENCE)) socket.close(refused);
    return !isFull();
  }

  async webSocketMessage(socket, text) {
    if (!this.rules) return socket.close(over);
    this.heard.set(socket, Date.now());
    const most = this.rules.mostMessage;
    if (typeof text !== 'string') return socket.close(unsupported);
    if (text.length > most || new TextEncoder().encode(text).length > most) return socket.close(tooLarge);
    const outcome = JSON.parse(this.rules.hear(Date.now(), socket.deserializeAttachment(), text));
    await this.settle(outcome, false, socket);
    if (outcome.drop) socket.close(refused);
  }

  async webSocketClose(socket, code) {
    socket.close(code === 1005 || code === 1006 ? over : code);
    await this.save(); // who left says nothing again
  }

  /** Ends the room. An alarm that comes early fails, and so comes again. */
  async alarm() {
    if (JSON.parse(await this.call('{"do":"expire"}')).status === 409) throw new Error('the room is not over yet');
  }

  /** Keeps what an outcome has to be kept of, then answers who it is of and tells others. What cannot be kept has not been done: the object is made again. */
  async settle(outcome, opened, from) {
    Object.assign(this.later, outcome.put);
    try {
      if (outcome.over) await this.forget();
      else if (opened) await this.open();
      else if (!outcome.soon) await this.save();
      else this.saving ??= setTimeout(() => this.ctx.waitUntil(this.save()), saveAfter);
    } catch (err) {
      this.ctx.abort(`the room cannot be kept: ${err.message}`);
    }
    if (!outcome.over) from?.send(outcome.answer); // all are told that it is over
    for (const { to, text } of outcome.letters) for (const socket of this.sockets(to)) socket.send(text);
    if (outcome.removed) for (const socket of this.sockets(outcome.removed)) socket.close(refused);
    if (outcome.over) for (const socket of this.sockets()) socket.close(over);
  }

  async save() {
    clearTimeout(this.saving);
    this.saving = undefined;
    const records = this.later;
    this.later = {};
    if (Object.keys(records).length > 0) await this.ctx.storage.put(records);
  }

  /** Keeps a room that is opened, in place of all that was kept under its code. */
  async open() {
    await this.ctx.storage.deleteAll();
    await Promise.all([this.save(), this.ctx.storage.setAlarm(this.rules.expires())]);
  }

  async forget() {
    clearTimeout(this.saving);
    this.saving = undefined;
    this.later = {};
    this.rules = undefined;
    await Promise.all([this.ctx.storage.deleteAlarm(), this.ctx.storage.deleteAll()]);
  }
}
