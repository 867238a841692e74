// The proof of a vulnerability as the server records it in the finding's evidence.
import type { Finding } from '../../api/model';

export interface Comparison {
  advisory: string;
  source: string;
  ecosystem: string;
  package: string;
  by_source_package: boolean;
  version: string;
  range: string;
  comparisons: string[];
  scheme: string;
  fixed_version: string;
}

export interface Proof {
  locations: { path: string; line: number | null }[];
  layerCreatedBy: string | null;
  aliases: string[];
  advisories: string[];
  comparisons: Comparison[];
  terms: { name: string; factor: number; why: string }[];
  cvss: { vector: string; version: string; score: number; source: string }[];
  severitySource: string;
  notes: string[];
  published: string;
}

function list<Item>(value: unknown): Item[] {
  return Array.isArray(value) ? (value as Item[]) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The latest proof. What the server left out is empty. */
export function proofOf(finding: Finding): Proof {
  const event = (finding.evidence.at(-1)?.event ?? {}) as Record<string, unknown>;
  return {
    locations: list(event.locations),
    layerCreatedBy: text(event.layer_created_by) || null,
    aliases: list(event.aliases),
    advisories: list(event.advisories),
    comparisons: list(event.proof),
    terms: list(event.risk),
    cvss: list(event.cvss),
    severitySource: text(event.severity_source),
    notes: list(event.notes),
    published: text(event.published),
  };
}

/** A digest as people tell them apart. */
export function shortDigest(digest: string): string {
  const [algorithm, hex] = digest.split(':');
  return hex && hex.length > 12 ? `${algorithm ?? ''}:${hex.slice(0, 12)}` : digest;
}
