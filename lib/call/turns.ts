/**
 * Who runs next, process-wide. A guest that has used up its slice waits here for a turn of the event loop; the longest
 * waiting goes first. In one turn guests run until they have used up a slice together, so however many want to run, timers
 * and I/O come between.
 *
 * @module
 */

import { now, startTimer, type Timer } from "../runtime.ts";

/** In the order in which they came. */
const waiting = new Set<() => void>();
let timer: Timer | undefined;
/** When the current turn began. */
let turnStart = -Infinity;

/** Calls `resume` in one of the next turns of the event loop. */
export function awaitTurn(resume: () => void): void {
  waiting.add(resume);
  timer ??= startTimer(0, turn);
}

/** Takes back {@linkcode awaitTurn}. */
export function cancelTurn(resume: () => void): void {
  if (!waiting.delete(resume) || waiting.size > 0) return;
  timer?.cancel();
  timer = undefined;
}

/** Whether a guest that is about to start had better wait for a turn: others do, and this turn's slice is used up. */
export function isCrowded(sliceMs: number): boolean {
  return waiting.size > 0 && now() - turnStart >= sliceMs;
}

/** To be called when a guest stops running, for whatever reason: the rest of the turn's slice is for the next one. */
export function leaveTurn(sliceMs: number): void {
  if (waiting.size > 0 && now() - turnStart < sliceMs) next();
}

function turn(): void {
  timer = undefined;
  turnStart = now();
  next();
  if (waiting.size > 0) timer ??= startTimer(0, turn);
}

function next(): void {
  for (const resume of waiting) {
    waiting.delete(resume);
    return resume();
  }
}
