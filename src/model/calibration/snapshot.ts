import { checksumOf } from "../checksum.ts";
import { partCount, priorWeights } from "../stack.ts";
import { stackVersion } from "../stackSnapshot.ts";
import { createCalibration, type Calibration } from "./calibration.ts";
import type { Candidate, Learned, TrackRecord } from "./gate.ts";

/**
 * Bytes of a calibration, in the machine's own (little-endian) order: u32 version, checksum, version of the stack and
 * its number of parts; f64 newest hour, that hour's figures, the weights in use, the learned ones and the candidate,
 * NaN where there are none; then the packed hours. Raise the version when the layout or what the figures mean changes:
 * other weights of the prior, and another stack, are noticed without.
 */
const version = 1;
const checksumAt = 1;
const headWords = 4;

const recordLength = 3;
const learnedLength = 1 + partCount + recordLength;
const candidateLength = 2 + partCount + 2 * recordLength;

const { rows: empty } = createCalibration();
const figureCount = 1 + empty.open.length + 2 * partCount + learnedLength + candidateLength;
const packedAt = 4 * headWords + 8 * figureCount;
export const calibrationBytes = packedAt + Math.ceil(empty.packed.length / 4) * 4;

export function encodeCalibration({ rows, contest, used }: Calibration): Uint8Array {
  const bytes = new Uint8Array(calibrationBytes);
  const { learned, candidate } = contest;
  const figures = [
    rows.newest,
    ...rows.open,
    ...priorWeights,
    ...used,
    ...(learned === undefined ? none(learnedLength) : learnedFigures(learned)),
    ...(candidate === undefined ? none(candidateLength) : candidateFigures(candidate)),
  ];
  new Float64Array(bytes.buffer, 4 * headWords, figureCount).set(figures);
  bytes.set(rows.packed, packedAt);
  const words = new Uint32Array(bytes.buffer);
  words.set([version, 0, stackVersion, partCount]);
  words[checksumAt] = checksumOf(words, checksumAt);
  return bytes;
}

/** Undefined when the bytes are damaged, or of another version, stack or prior: the caller starts anew. */
export function decodeCalibration(bytes: Uint8Array): Calibration | undefined {
  if (bytes.length !== calibrationBytes) return undefined;
  // a copy starts at an aligned address, whatever the bytes were cut from
  const copy = new Uint8Array(bytes);
  const words = new Uint32Array(copy.buffer);
  const own = words[0] === version && words[2] === stackVersion && words[3] === partCount;
  if (!own || words[checksumAt] !== checksumOf(words, checksumAt)) return undefined;
  const take = reader(new Float64Array(copy.buffer, 4 * headWords, figureCount));
  const calibration = createCalibration();
  const { rows } = calibration;
  [rows.newest = -1] = take(1);
  rows.open.set(take(rows.open.length));
  if (take(partCount).some((weight, j) => weight !== priorWeights[j])) return undefined;
  calibration.used = take(partCount);
  calibration.contest = {
    learned: learnedFrom(take(learnedLength)),
    candidate: candidateFrom(take(candidateLength)),
  };
  rows.packed.set(copy.subarray(packedAt, packedAt + rows.packed.length));
  return calibration;
}

function none(length: number): number[] {
  return Array.from({ length }, () => NaN);
}

function reader(figures: Float64Array): (length: number) => number[] {
  let at = 0;
  return (length) => {
    at += length;
    return Array.from(figures.subarray(at - length, at));
  };
}

function learnedFigures({ since, weights, againstPrior }: Learned): number[] {
  return [since, ...weights, ...recordFigures(againstPrior)];
}

function learnedFrom([since = NaN, ...rest]: readonly number[]): Learned | undefined {
  if (Number.isNaN(since)) return undefined;
  return { since, weights: rest.slice(0, partCount), againstPrior: recordFrom(rest.slice(partCount)) };
}

function candidateFigures({ since, days, weights, againstPrior, againstCurrent }: Candidate): number[] {
  return [since, days, ...weights, ...recordFigures(againstPrior), ...recordFigures(againstCurrent)];
}

function candidateFrom([since = NaN, days = 0, ...rest]: readonly number[]): Candidate | undefined {
  if (Number.isNaN(since)) return undefined;
  return {
    since,
    days,
    weights: rest.slice(0, partCount),
    againstPrior: recordFrom(rest.slice(partCount)),
    againstCurrent: recordFrom(rest.slice(partCount + recordLength)),
  };
}

function recordFigures({ gain, square, rival }: TrackRecord): number[] {
  return [gain, square, rival];
}

function recordFrom([gain = 0, square = 0, rival = 0]: readonly number[]): TrackRecord {
  return { gain, square, rival };
}
