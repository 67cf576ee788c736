/** Deliberate defects that a crash has to bring out, as patches in `simulator/defects/`. */
export interface CrashSabotage {
  /** Also the patch's file name. */
  readonly name: string;
  /** What is missing then. */
  readonly removes: string;
}

export const crashSabotages: readonly CrashSabotage[] = [
  { name: 'position-before-put', removes: 'the Kinesis destination keeps its position before Kinesis has the records' },
];
