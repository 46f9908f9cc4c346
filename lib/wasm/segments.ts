import { FUNCTION_ENTRY } from "./cost.ts";
import { type Edits, enlarge } from "./edits.ts";

/** Takes its units at the function's entry, where there is no edit. */
const ENTRY = -1;
/** The end of a list, or nothing. */
const NONE = -1;
/** The most units that paths pay ahead for what follows the point where they meet, so that sums stay in an `i32`. */
const MOST_AHEAD = 2 ** 24;

/**
 * Divides a body into segments, each of which runs as a whole or not at all, and sums up what it costs into the edit at its
 * beginning, its taker. Then it saves takers:
 *
 * - What follows a construct that every path leaves at its end belongs to the segment before it.
 * - What follows any other point where paths meet is paid ahead by each segment that leads there. Where a segment leads there or
 *   elsewhere (`br_if`, `if`), the segment that follows gets it back, which may make it a refund. A path pays the same in
 *   sum up to each call and each exit, and takes less often.
 * - What both arms of an `if` take at their beginning is taken before it.
 *
 * Frames are those of `Paths`.
 */
export class Segments {
  readonly #edits: Edits;
  /** By frame: the edit that took the units of the segment in which it was opened. */
  readonly #takers: number[] = [];
  /** By frame: the edit that takes the units of its first segment. */
  readonly #first: number[] = [];
  /** By frame: the outermost frame to whose label something in it branches; a call counts as -1. */
  readonly #farthest: number[] = [];
  /** By frame: the meeting of those who branch to its label. */
  readonly #meetings: number[] = [];
  #taker = ENTRY;
  #own = 0;
  #paid = 0;
  /** By meeting: the last of its shares, or {@linkcode NONE}. */
  #lastShare = new Int32Array(64);
  #meetingCount = 0;
  /** By share: who takes it, whether it pays ahead (1) or gets back (-1), and the share before it of the same meeting. */
  #shareTaker = new Int32Array(64);
  #shareSign = new Int8Array(64);
  #shareBefore = new Int32Array(64);
  #shareCount = 0;
  /** The edits that take what follows a meeting, and which one, in order of place. */
  readonly #joints: { edit: number; meeting: number }[] = [];
  /** The takers before each `if` with two arms, and at the beginnings of these. */
  readonly #forks: { before: number; first: number; second: number }[] = [];
  /** Units of the first segment for the function's own instructions. */
  entryOwn = 0;
  /** Units of the first segment for callees. */
  entryPaid = 0;

  /** Segments of bodies that are edited with `edits`. */
  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /** Starts a function. */
  reset(): void {
    this.#taker = ENTRY;
    this.#own = FUNCTION_ENTRY;
    this.#paid = this.entryOwn = this.entryPaid = 0;
    this.#farthest[0] = 0;
    this.#meetingCount =
      this.#shareCount =
      this.#joints.length =
      this.#forks.length =
        0;
    this.#meetings[0] = this.#meet();
  }

  /** Adds to the open segment for an instruction of the function. */
  spend(cost: number): void {
    this.#own += cost;
  }

  /** Adds to the open segment for entering a callee. */
  pay(cost: number): void {
    this.#paid += cost;
  }

  /** The edit that takes the units of the open segment. */
  get taker(): number {
    return this.#taker;
  }

  /** What the open segment costs so far. */
  get own(): number {
    return this.#own;
  }

  /** What the open segment pays for callees so far. */
  get paid(): number {
    return this.#paid;
  }

  /** A segment begins at offset `at`, where an edit of `kind` takes its units. */
  cut(at: number, kind: number): void {
    this.settle();
    this.#taker = this.#edits.add(at, kind);
  }

  /** `frame` is opened. */
  open(frame: number): void {
    this.#takers[frame] = this.#taker;
    this.#farthest[frame] = frame;
    this.#meetings[frame] = this.#meet();
  }

  /** The first segment of `frame`, an `if` or a loop, begins at offset `at`. */
  begin(frame: number, at: number, kind: number): void {
    this.cut(at, kind);
    this.#first[frame] = this.#taker;
  }

  /** There is a branch in `frame` to the label of `target`, or, if that is -1, something that must not be charged for ahead. */
  branch(frame: number, target: number): void {
    if (target < this.#farthest[frame]) this.#farthest[frame] = target;
  }

  /** The open segment leads to the label of `frame`. */
  lead(frame: number): void {
    this.#share(this.#meetings[frame], this.#taker, 1);
  }

  /** The open segment, which has just begun, follows one that leads to the label of `frame` or here. */
  stay(frame: number): void {
    this.#share(this.#meetings[frame], this.#taker, -1);
  }

  /** Nobody pays ahead for what follows the label of `frame`: not all who come there could. */
  pin(frame: number): void {
    this.#meetings[frame] = NONE;
  }

  /** `else` at offset `at`: the second arm of `frame` begins. */
  otherwise(frame: number, at: number, kind: number): void {
    this.cut(at, kind);
    this.#forks.push({
      before: this.#takers[frame],
      first: this.#first[frame],
      second: this.#taker,
    });
  }

  /** Who passes over `frame`, an `if` without `else`, comes to its end. */
  passOver(frame: number): void {
    this.#share(this.#meetings[frame], this.#takers[frame], 1);
    this.#share(this.#meetings[frame], this.#first[frame], -1);
  }

  /**
   * `frame` is closed. Answers whether all paths that entered it come out at its end; then what follows belongs to the segment
   * in which it was opened.
   */
  close(frame: number): boolean {
    const farthest = this.#farthest[frame];
    if (farthest >= frame) return true;
    this.branch(frame - 1, farthest);
    return false;
  }

  /** What follows belongs to the segment in which `frame`, now closed, was opened. */
  resume(frame: number): void {
    this.settle();
    this.#taker = this.#takers[frame];
  }

  /** What follows at offset `at`, where an edit of `kind` takes it, is where those meet who lead to the label of `frame`. */
  join(frame: number, at: number, kind: number): void {
    this.cut(at, kind);
    const meeting = this.#meetings[frame];
    if (meeting !== NONE) this.#joints.push({ edit: this.#taker, meeting });
  }

  /** Hands what the open segment costs so far to the edit that takes it. */
  settle(): void {
    this.#take(this.#taker, this.#own, this.#paid);
    this.#own = this.#paid = 0;
  }

  /** The function is at its end: moves what is to be taken to where it is taken least often. */
  finish(hasLoops: boolean): void {
    this.settle();
    // From back to front: a share goes to a segment before the meeting, which may be one to whom others lead.
    for (let i = this.#joints.length - 1; i >= 0; i--) this.#handOut(this.#joints[i], hasLoops);
    const { value, paid } = this.#edits;
    for (const { before, first, second } of this.#forks) {
      const own = Math.min(value[first], value[second]);
      const forCallees = Math.min(paid[first], paid[second]);
      this.#take(before, own, forCallees);
      for (const arm of [first, second]) this.#take(arm, -own, -forCallees);
    }
  }

  /**
   * Hands out the shares of those who meet, unless more would have to take then. Where as many do, it is better in loops, which are
   * left less often than gone round, and not elsewhere, as a path may end before the meeting.
   */
  #handOut({ edit, meeting }: { edit: number; meeting: number }, hasLoops: boolean): void {
    const own = this.#edits.value[edit], forCallees = this.#edits.paid[edit];
    if (Math.abs(own) + Math.abs(forCallees) > MOST_AHEAD) return;
    const more = this.#moreTakers(meeting, hasLoops ? own + forCallees : forCallees, hasLoops);
    if (more > 0 || more === 0 && !hasLoops) return;
    this.#take(edit, -own, -forCallees);
    for (let i = this.#lastShare[meeting]; i !== NONE; i = this.#shareBefore[i]) {
      const sign = this.#shareSign[i];
      this.#take(this.#shareTaker[i], sign * own, sign * forCallees);
    }
  }

  /** How many more have to take when `units` are paid ahead; without loops they take only for callees. */
  #moreTakers(meeting: number, units: number, hasLoops: boolean): number {
    let more = -1;
    for (let i = this.#lastShare[meeting]; i !== NONE; i = this.#shareBefore[i]) {
      const taker = this.#shareTaker[i];
      const own = taker === ENTRY ? this.entryOwn : this.#edits.value[taker];
      const forCallees = taker === ENTRY ? this.entryPaid : this.#edits.paid[taker];
      const taken = hasLoops ? own + forCallees : forCallees;
      if (taken === 0) more++;
      else if (taken + this.#shareSign[i] * units === 0) more--;
    }
    return more;
  }

  #take(taker: number, own: number, paid: number): void {
    if (taker === ENTRY) {
      this.entryOwn += own;
      this.entryPaid += paid;
    } else {
      this.#edits.value[taker] += own;
      this.#edits.paid[taker] += paid;
    }
  }

  #meet(): number {
    const meeting = this.#meetingCount++;
    if (meeting === this.#lastShare.length) {
      this.#lastShare = enlarge(this.#lastShare, new Int32Array(meeting * 2));
    }
    this.#lastShare[meeting] = NONE;
    return meeting;
  }

  #share(meeting: number, taker: number, sign: number): void {
    if (meeting === NONE) return;
    const share = this.#shareCount++;
    if (share === this.#shareTaker.length) {
      this.#shareTaker = enlarge(this.#shareTaker, new Int32Array(share * 2));
      this.#shareSign = enlarge(this.#shareSign, new Int8Array(share * 2));
      this.#shareBefore = enlarge(this.#shareBefore, new Int32Array(share * 2));
    }
    this.#shareTaker[share] = taker;
    this.#shareSign[share] = sign;
    this.#shareBefore[share] = this.#lastShare[meeting];
    this.#lastShare[meeting] = share;
  }
}
