// What happens now, over server-sent events. One connection for each caller; the browser connects again by itself.
import { useEffect, useEffectEvent, useState } from 'react';

import type { Finding, SensorStatus, StreamMissed } from './model';

export type StreamTopic = 'finding' | 'event' | 'sensor';

export interface StreamHandlers {
  finding?: (finding: Finding) => void;
  event?: (event: unknown) => void;
  sensor?: (sensor: SensorStatus) => void;
  missed?: (missed: StreamMissed) => void;
}

/** Listens to these topics while the component is shown and `active`. Tells whether the connection stands. */
export function useStream(topics: readonly StreamTopic[], handlers: StreamHandlers, active = true): boolean {
  const [connected, setConnected] = useState(false);
  const wanted = topics.join(',');
  const deliver = useEffectEvent((kind: keyof StreamHandlers, data: string) => {
    handlers[kind]?.(JSON.parse(data) as never);
  });
  useEffect(() => {
    if (!active) return;
    const source = new EventSource(`/v1/stream?topics=${wanted}`);
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    for (const kind of ['finding', 'event', 'sensor', 'missed'] as const) {
      source.addEventListener(kind, (message: MessageEvent<string>) => deliver(kind, message.data));
    }
    return () => {
      source.close();
      setConnected(false);
    };
  }, [wanted, active]);
  return connected;
}
