import { type ToolPrint } from './tool-print';

/** Of one tool, what was approved and, in quarantine, what the server said last. */
export interface Pin {
  readonly approved: string;
  readonly changed?: string | undefined;
}

export interface Sifted {
  /** Offered. */
  readonly good: readonly ToolPrint[];
  /** Seen for the first time: what a server offers when its tools are pinned, and later, is taken as it is met. */
  readonly fresh: readonly ToolPrint[];
  /** Not what was approved; among them those that nobody wrote down yet. */
  readonly changed: readonly ToolPrint[];
  readonly news: readonly ToolPrint[];
  /** Again what was approved. */
  readonly calmed: readonly string[];
}

/** Pure: what of a list may be offered, by what was approved. Approval is of the content; a name says nothing. */
export function sift(prints: readonly ToolPrint[], pins: ReadonlyMap<string, Pin>): Sifted {
  const of = (wanted: (print: ToolPrint, pin: Pin | undefined) => boolean): ToolPrint[] =>
    prints.filter((print) => wanted(print, pins.get(print.tool)));
  const isChanged = ({ sha256 }: ToolPrint, pin: Pin | undefined): boolean =>
    pin !== undefined && pin.approved !== sha256;
  return {
    good: of((print, pin) => !isChanged(print, pin)),
    fresh: of((_print, pin) => pin === undefined),
    changed: of(isChanged),
    news: of((print, pin) => isChanged(print, pin) && pin?.changed !== print.sha256),
    calmed: of((print, pin) => pin?.changed !== undefined && !isChanged(print, pin)).map(({ tool }) => tool),
  };
}
