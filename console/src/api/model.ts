// Short names for the words of the API; their meaning is written in docs/openapi.json.
import type { components, operations, paths } from './schema';

type Schemas = components['schemas'];

export type ApiPaths = paths;
export type ApiOperations = operations;
export type ApiToken = Schemas['ApiToken'];
export type Asset = Schemas['Asset'];
export type AuditEntry = Schemas['AuditEntry'];
export type Diagnostic = Schemas['DiagnosticWire'];
export type Evidence = Schemas['Evidence'];
export type Finding = Schemas['Finding'];
export type FindingPatch = Schemas['FindingPatch'];
export type FindingStatus = Schemas['FindingStatus'];
export type HourCount = Schemas['HourCount'];
export type NextStepCode = Schemas['NextStepCode'];
export type Overview = Schemas['OverviewWire'];
export type Problem = Schemas['Problem'];
export type Proof = Schemas['Proof'];
export type QueryResult = Schemas['QueryWire'];
export type Role = Schemas['Role'];
export type RuleInfo = Schemas['RuleInfo'];
export type SensorMode = Schemas['SensorMode'];
export type SensorStatus = Schemas['SensorStatus'];
export type Severity = Schemas['Severity'];
export type StreamMissed = Schemas['StreamMissed'];
export type TableWire = Schemas['TableWire'];
