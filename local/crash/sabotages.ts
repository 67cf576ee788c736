/** Deliberate defects that a crash has to bring out, as patches in `simulator/defects/`. */
export interface CrashSabotage {
  /** Also the patch's file name. */
  readonly name: string;
  /** What is missing then. */
  readonly removes: string;
}

export const crashSabotages: readonly CrashSabotage[] = [
  {
    name: 'invoked-not-awaited',
    removes: 'a mapping of a Kinesis stream moves on when its function is called, not when it is done',
  },
];
