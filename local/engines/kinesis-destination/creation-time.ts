/**
 * Creation times in microseconds for the records of one DynamoDB stream, in stream order; each is greater than the one
 * before, hence strictly increasing per item.
 *
 * DynamoDB itself knows the microsecond of each change; a DynamoDB stream tells only the second. So the changes of one
 * second are numbered through: the first gets the second itself, each further one a microsecond more. Cut back to the
 * second the time stays what the stream says, and reading the stream again from its start gives the same times, which a
 * clock would not. Should the engine's clock step back, times go on from the last one given.
 *
 * @param lastGiven microseconds; where a reader that goes on from a record within the stream has left off
 */
export function createCreationTimes(lastGiven = 0): (streamSeconds: number) => number {
  let last = lastGiven;
  return (streamSeconds) => {
    last = Math.max(last + 1, Math.round(streamSeconds * 1_000_000));
    return last;
  };
}
