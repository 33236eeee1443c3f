import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  type Gunzip,
  type Inflate,
  type ZstdDecompress,
} from 'node:zlib';
import type { Algorithm, DecompressOptions } from '../format/codec-rules.js';
import { GZIP_PROBE, GzipFaultDetector } from '../gzip/gzip-fault-detector.js';
import { brotliDecodeOptions, inflateOptions, zstdDecodeOptions } from '../format/zlib-rules.js';
import { ZstdFrameReader } from '../zstd/zstd-frame-reader.js';

const CHUNKS = { chunkSize: 64 * 1024 };

/** One of node:zlib's decompressing streams. */
export type DecoderEngine = BrotliDecompress | Gunzip | Inflate | ZstdDecompress;

/** An engine, and how a sequence of frames or members has to be fed to it. */
export interface Decoder {
  readonly engine: DecoderEngine;
  /** The parts to feed for a chunk of input; throws CodecError. */
  split(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Called after the last chunk; throws CodecError when the input cannot end here. */
  finish(): void;
  /** Bytes that an engine at the end of its input must leave alone, instead of being told of the end. */
  readonly probe?: Uint8Array;
  /** What an error of the engine means; `probing` when the probe has been fed. */
  faultOf(error: unknown, probing: boolean): unknown;
}

const CREATE: Readonly<Record<Algorithm, (options: DecompressOptions) => Decoder>> = {
  zstd: zstdDecoder,
  brotli: () => plainDecoder(createBrotliDecompress({ ...brotliDecodeOptions(), ...CHUNKS })),
  gzip: gzipDecoder,
  deflate: (options) => plainDecoder(createInflate({ ...inflateOptions(options), ...CHUNKS })),
};

/** The decoder of an algorithm. */
export function createDecoder(options: DecompressOptions): Decoder {
  return CREATE[options.algorithm](options);
}

function plainDecoder(engine: DecoderEngine): Decoder {
  return { engine, split: (chunk) => [chunk], finish: () => undefined, faultOf: (error) => error };
}

function zstdDecoder(options: DecompressOptions): Decoder {
  const scanner = new ZstdFrameReader({ checksumRequired: options.dictionary !== undefined });
  return {
    engine: createZstdDecompress({ ...zstdDecodeOptions(options), ...CHUNKS }),
    split: (chunk) => scanner.split(chunk),
    finish: () => {
      scanner.finish();
    },
    faultOf: (error) => error,
  };
}

function gzipDecoder(): Decoder {
  const members = new GzipFaultDetector();
  return {
    engine: createGunzip(CHUNKS),
    split: (chunk) => {
      members.saw(chunk);
      return [chunk];
    },
    finish: () => undefined,
    probe: GZIP_PROBE,
    faultOf: (error, probing) => (probing ? members.endFaultOf(error) : members.faultOf(error)),
  };
}
