/** Longer lines are no command that somebody copied. */
const PIECES_MAX = 4_096;
/** Blanks, a single-quoted part, a double-quoted one, an escaped sign, or a run of ordinary ones: each takes linear time. */
const PIECE = /([ \t]+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\;|&<>`()]+)/sy;

/** The text counts on a shell. We are none, so it is refused and not guessed. */
export class NotAPlainCommandError extends Error {}

/** Splits a line as a shell would, quotes and backslashes included, and refuses whatever takes a shell to mean something. */
export function wordsOf(line: string): readonly string[] {
  const text = line.replaceAll(/\\\r?\n/g, ' ').trim();
  const words: string[] = [];
  let word: string | undefined;
  for (const [blank, piece] of piecesOf(text)) {
    if (!blank) word = (word ?? '') + piece;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

type Piece = readonly [isBlank: boolean, text: string];

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    const at = PIECE.lastIndex;
    const match = PIECE.exec(text);
    if (match === null) throw new NotAPlainCommandError(faultAt(text[at] ?? ''));
    pieces.push(pieceOf(match));
    if (pieces.length > PIECES_MAX) throw new NotAPlainCommandError('the line is too long');
  }
  return pieces;
}

function pieceOf([, blank, single, double, escaped, plain]: RegExpExecArray): Piece {
  if (blank !== undefined) return [true, ''];
  if (/\$\(|`/.test(double ?? plain ?? ''))
    throw new NotAPlainCommandError('a command inside of a command is not run');
  const unquoted = double?.replaceAll(/\\(["\\$`])/g, '$1');
  return [false, single ?? unquoted ?? escaped ?? plain ?? ''];
}

const faultAt = (sign: string): string =>
  sign === '"' || sign === "'" ? 'a quote is not closed' : `"${sign}" takes a shell, and none is used`;
