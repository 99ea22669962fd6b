/** Keys in a table's rows, as grids have them. Pure. */

/** Where the focus goes from where it is. */
export interface Move {
  rows: number;
  columns: number;
}

/** `page`: rows in view; steps beyond the ends stop there. */
const MOVES: { [key: string]: (page: number) => Move } = {
  ArrowDown: () => ({ rows: 1, columns: 0 }),
  ArrowUp: () => ({ rows: -1, columns: 0 }),
  ArrowRight: () => ({ rows: 0, columns: 1 }),
  ArrowLeft: () => ({ rows: 0, columns: -1 }),
  PageDown: page => ({ rows: page, columns: 0 }),
  PageUp: page => ({ rows: -page, columns: 0 }),
  Home: () => ({ rows: 0, columns: -Infinity }),
  End: () => ({ rows: 0, columns: Infinity }),
  'Ctrl+Home': () => ({ rows: -Infinity, columns: -Infinity }),
  'Ctrl+End': () => ({ rows: Infinity, columns: Infinity }),
};

export type KeyAction = { move: Move; range: boolean } | 'select' | 'toggle' | 'all' | 'clear';

const ACTIONS: { [key: string]: KeyAction } = {
  Enter: 'select',
  ' ': 'toggle',
  'Ctrl+a': 'all',
  Escape: 'clear',
};

export function keyAction(
  {
    key,
    shiftKey,
    ctrlKey,
    metaKey,
    altKey,
  }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  page: number,
): KeyAction | undefined {
  if (altKey) return undefined;
  const name = `${ctrlKey || metaKey ? 'Ctrl+' : ''}${key}`;
  const move = MOVES[name]?.(page);
  return move ? { move, range: shiftKey } : ACTIONS[name];
}
