/** clang's syntax tree, as `-ast-dump=json` writes it. */
export interface Node {
  id?: string;
  kind?: string;
  name?: string;
  opcode?: string;
  castKind?: string;
  type?: { qualType: string; desugaredQualType?: string };
  inner?: Node[];
  referencedDecl?: Node;
}

/** Goes below casts and parentheses until something has a type of its own. */
export function withoutCasts(node: Node): Node {
  const wraps = node.kind === 'ParenExpr' || node.kind?.endsWith('CastExpr');
  return wraps && node.inner?.[0] ? withoutCasts(node.inner[0]) : node;
}

/** The variable or function that an expression names, below casts. */
export function variable(node: Node): Node | undefined {
  const plain = withoutCasts(node);
  return plain.kind === 'DeclRefExpr' ? plain.referencedDecl : undefined;
}
