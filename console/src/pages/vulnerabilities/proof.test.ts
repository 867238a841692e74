import { describe, expect, it } from 'vitest';

import type { Finding } from '../../api/model';
import { proofOf, shortDigest } from './proof';

describe('proofOf', () => {
  it('takes the latest evidence and survives what is missing', () => {
    const finding = { evidence: [{ event: { advisories: ['old'] } }, { event: { advisories: ['DSA-1'], proof: 'none' } }] } as unknown as Finding;
    expect(proofOf(finding)).toMatchObject({ advisories: ['DSA-1'], comparisons: [], notes: [], layerCreatedBy: null });
    expect(proofOf({ evidence: [] } as unknown as Finding).locations).toEqual([]);
  });
});

describe('shortDigest', () => {
  it('keeps the algorithm and twelve digits', () => {
    expect(shortDigest('sha256:0123456789abcdef')).toBe('sha256:0123456789ab');
    expect(shortDigest('short')).toBe('short');
  });
});
