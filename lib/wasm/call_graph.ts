/**
 * Which functions may be on the stack more than once at the same time.
 *
 * @module
 */

/** Who calls whom, by function index. */
export interface Calls {
  /** By function, and one more: where its part of `callees` begins. */
  readonly starts: Uint32Array;
  /** Whom each calls directly, as often as it does. */
  readonly callees: Uint32Array;
  /** By function: how many of its calls are of what is not known, through a table or a reference. */
  readonly unknown: Uint32Array;
}

/** What {@linkcode orderOf} finds. */
export interface Order {
  /** All functions, each after those that it calls, unless they call it in turn. */
  readonly calleesFirst: Uint32Array;
  /** By function: 1 if it may call itself, directly or by way of others. The host is not one of these. */
  readonly recursive: Uint8Array;
}

/**
 * Finds the strongly connected components of the call graph (Tarjan 1972), without recursion, in time linear in the calls. What is
 * not known may be any of the functions that are `referenced`.
 */
export function orderOf({ starts, callees, unknown }: Calls, referenced: Uint8Array): Order {
  const count = unknown.length;
  // One node more than there are functions stands for what is not known.
  const anyone = count;
  const anyones: number[] = [];
  referenced.forEach((isReferenced, index) => isReferenced === 1 && anyones.push(index));
  const degree = (node: number) =>
    node === anyone
      ? anyones.length
      : starts[node + 1] - starts[node] + (unknown[node] > 0 ? 1 : 0);
  const successor = (node: number, i: number) => {
    if (node === anyone) return anyones[i];
    const at = starts[node] + i;
    return at < starts[node + 1] ? callees[at] : anyone;
  };

  const calleesFirst = new Uint32Array(count);
  const recursive = new Uint8Array(count + 1);
  /** By node: its number in the order of discovery, from 1; the lowest that it reaches; the next successor to look at. */
  const found = new Uint32Array(count + 1);
  const lowest = new Uint32Array(count + 1);
  const next = new Uint32Array(count + 1);
  /** Nodes whose component is not known yet, and whether a node is one. */
  const open: number[] = [];
  const isOpen = new Uint8Array(count + 1);
  let discovered = 0, ordered = 0;

  const discover = (node: number, path: number[]) => {
    found[node] = lowest[node] = ++discovered;
    open.push(node);
    isOpen[node] = 1;
    path.push(node);
  };
  const finish = (node: number) => {
    const isComponent = open[open.length - 1] !== node;
    for (let member = -1; member !== node;) {
      member = open.pop()!;
      isOpen[member] = 0;
      if (isComponent) recursive[member] = 1;
      if (member !== anyone) calleesFirst[ordered++] = member;
    }
  };
  for (let root = 0; root <= count; root++) {
    if (found[root] !== 0) continue;
    const path: number[] = [];
    discover(root, path);
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (next[node] < degree(node)) {
        const to = successor(node, next[node]++);
        if (to === node) recursive[node] = 1;
        if (found[to] === 0) discover(to, path);
        else if (isOpen[to] === 1) lowest[node] = Math.min(lowest[node], found[to]);
        continue;
      }
      path.pop();
      if (path.length > 0) {
        const caller = path[path.length - 1];
        lowest[caller] = Math.min(lowest[caller], lowest[node]);
      }
      if (lowest[node] === found[node]) finish(node);
    }
  }
  return { calleesFirst, recursive: recursive.subarray(0, count) };
}
