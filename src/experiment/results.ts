/** The shape of an experiment's results. Knows no computation. */
import type { MadeBy, ResultRow } from '../evaluate/results.js';
import type { Measurement } from './measurement.js';
import type { ExperimentSpec } from './spec.js';
import type { TunedSystem } from './tuning.js';
import type { ConditionName } from './variants.js';

/** One figure, as in `xqg evaluate`, and which encoder and which point of which condition it belongs to. */
export interface ExperimentRow extends ResultRow {
  readonly encoder: string;
  readonly condition: ConditionName;
  readonly point: string | number;
}

export interface TuningRecord {
  readonly encoder: string;
  readonly generator: string;
  /** Name of the tuning data. */
  readonly on: string;
  readonly setting: string;
  readonly metric: string;
  readonly systems: readonly TunedSystem[];
}

export interface Machine {
  readonly cores: number;
  /** GB, 10^9 bytes. */
  readonly memory: number;
  /** E.g. linux x64. */
  readonly platform: string;
}

/** Seconds by stage of this run; what came from the store took none. */
export type Timings = Readonly<Record<string, number>>;

export interface ExperimentResults {
  readonly spec: ExperimentSpec;
  readonly measurements: readonly Measurement[];
  readonly tuning: readonly TuningRecord[];
  /** What a reader should know. */
  readonly notes: readonly string[];
  readonly madeBy: MadeBy;
  readonly machine: Machine;
  readonly timings: Timings;
}
