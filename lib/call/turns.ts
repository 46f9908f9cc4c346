/**
 * Who runs next, process-wide. A guest that has used up its slice waits here for a turn of the event loop, and so does one that
 * could start or go on when others have just used up theirs; the longest waiting goes first. In one turn guests run until they
 * have used up a slice together, so however many want to run, and however shortly each, timers and I/O come between.
 *
 * @module
 */

import { now, startTimer, type Timer } from "../runtime.ts";

/** If no guest has run for longer than this, the event loop is taken to have turned. Only a timer could tell, one for each turn. */
const SHORT_GAP_MS = 1;

/** Slices that guests may use up in a turn while none waits for one: to wait for a turn takes 1–2 ms. */
const SLICES_ALONE = 2;

/** In the order in which they came, with their slices. */
const waiting = new Map<() => void, number>();
let timer: Timer | undefined;
/** When the current turn began, or the first guest in it. */
let turnStart = -Infinity;
/** Guests that have started to run, or gone on, and of which it is not known yet that they have stopped. */
let running = 0;
/** When one stopped. */
let lastStop = -Infinity;

/** Calls `resume` in one of the next turns of the event loop. Somebody who then does not run has to call {@linkcode passTurn}. */
export function awaitTurn(resume: () => void, sliceMs: number): void {
  waiting.set(resume, sliceMs);
  timer ??= startTimer(0, turn);
}

/** Takes back {@linkcode awaitTurn}. */
export function cancelTurn(resume: () => void): void {
  waiting.delete(resume);
  if (waiting.size > 0) return;
  timer?.cancel();
  timer = undefined;
}

/** Whether a guest that could run from `time` of `now()` on had better wait for a turn: this one's slice is used up. */
export function isCrowded(sliceMs: number, time: number): boolean {
  if (running + waiting.size === 0 && time - lastStop > SHORT_GAP_MS) turnStart = time;
  return isUsedUp(sliceMs, time);
}

function isUsedUp(sliceMs: number, time: number): boolean {
  return time - turnStart >= (waiting.size === 0 ? SLICES_ALONE : 1) * sliceMs;
}

/**
 * Whether work that the host is to do for a guest now had better wait for a turn: guests could have it do one thing after another,
 * and nothing else would come between. Whoever does such work calls {@linkcode passTurn} when it is done.
 */
export function mustWait(sliceMs: number): boolean {
  // Mostly this turn is not used up by what was done in it, and there is no need to look at the clock.
  return isUsedUp(sliceMs, lastStop) && isCrowded(sliceMs, now());
}

/** To be called when a guest starts to run, or goes on. */
export function enterTurn(): void {
  running++;
}

/** To be called when a guest stops running, at `time` of `now()`. */
export function leaveTurn(sliceMs: number, time: number): void {
  if (running > 0) running--;
  passTurn(sliceMs, time);
}

/** To be called when other work for a guest ends, at `time` of `now()`, in the turn in which it began: the rest of the slice is for the next one. */
export function passTurn(sliceMs: number, time: number): void {
  lastStop = time;
  if (waiting.size > 0 && time - turnStart < sliceMs) next();
}

function turn(): void {
  timer = undefined;
  turnStart = now();
  running = 0;
  const sliceMs = next();
  // Due when this slice is over: sooner, it would come before other timers that are due by then, and they would wait for two.
  if (waiting.size > 0) timer ??= startTimer(sliceMs, turn);
}

/** Lets the next one go on, and answers its slice; 0 if there is none. */
function next(): number {
  for (const [resume, sliceMs] of waiting) {
    cancelTurn(resume);
    resume();
    return sliceMs;
  }
  return 0;
}
