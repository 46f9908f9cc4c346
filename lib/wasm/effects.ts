/**
 * By how many operands the stack is higher after an instruction than before it, by the name of the instruction.
 *
 * @module
 */

/** The first rule that a name matches holds; a name that matches none leaves as many operands as it takes. */
const RULES: readonly (readonly [name: RegExp, effect: number])[] = [
  [/^array\.copy$/, -5],
  [/^array\.(fill|init_data|init_elem)$/, -4],
  [/^array\.set$/, -3],
  [/^(memory|table)\.(init|copy|fill)$/, -3],
  [/^struct\.set$|^table\.set$|^select$/, -2],
  [/store(8|16|32|64)?$/, -2],
  [/store\d+_lane$/, -2],
  [/^memory\.atomic\.wait|cmpxchg/, -2],
  [/^v128\.bitselect$|relaxed_(n?madd|laneselect)$|relaxed_dot_i8x16_i7x16_add_s$/, -2],
  [/^i64\.(add|sub)128$/, -2],
  [/^i64\.mul_wide/, 0],
  [/\.const$|^(local|global)\.get$|^ref\.(null|func)$|^(memory|table)\.size$/, 1],
  // Less as many as there are fields, or elements.
  [/^struct\.new(_default)?$|^array\.new_fixed$/, 1],
  [/^array\.new_default$/, 0],
  [/^array\.(new|new_data|new_elem|get|get_s|get_u)$/, -1],
  [/^drop$|^(local|global)\.set$|^table\.grow$|^ref\.eq$/, -1],
  [/^call_indirect$|^call_ref$|^if$|^br_if$|^br_on_non_null$/, -1],
  [/load\d+_lane$|replace_lane$|shuffle$|swizzle$|narrow_/, -1],
  [/^memory\.atomic\.notify$|rmw/, -1],
  [/extadd_pairwise/, 0],
  [/\.(add|sub|mul|div|rem|and|andnot|or|xor|shl|shr|rotl|rotr|copysign)(_sat)?(_[su])?$/, -1],
  [/\.(eq|ne|lt|gt|le|ge|p?min|p?max|avgr)(_[su])?$/, -1],
  [/extmul_|dot_i8x16_i7x16_s$|dot_i16x8_s$|q15mulr_|relaxed_(min|max)$/, -1],
];

/**
 * The effect of the instruction. What depends on more is left out: the types of calls, blocks and handlers, and of `struct.new` and
 * `array.new_fixed` the operands that they take.
 */
export function effectOf(name: string): number {
  return RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}
