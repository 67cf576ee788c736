/**
 * How old a change can be and still be delivered, in seconds: failures and dead letters are kept that long, and so is
 * whatever must know an old change when it sees one (tombstones; cut rows and markers, which keep a redrive from
 * counting twice).
 */
export const replayHorizonS = 30 * 24 * 60 * 60;
