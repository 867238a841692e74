import { describe, expect, it } from 'vitest';

import { parametersOf, withParameters } from './parameters';

describe('parameters of a question', () => {
  it('are found outside of texts, names, comments and casts', () => {
    expect(parametersOf("SELECT ':no', \":nor\" FROM events -- :not\nWHERE a = :user /* :neither */ AND b::text = :port AND c = :user")).toEqual(['user', 'port']);
    expect(parametersOf("SELECT 'it''s :no' WHERE time > '10:30:00'")).toEqual([]);
  });

  it('are filled in as numbers or as quoted text', () => {
    expect(withParameters("a = :user AND b = :port AND c = ':user' AND d = :none", { user: "o'neil", port: '22' })).toBe("a = 'o''neil' AND b = 22 AND c = ':user' AND d = ''");
    expect(withParameters('x = :x', { x: '1; DROP TABLE events' })).toBe("x = '1; DROP TABLE events'");
  });
});
