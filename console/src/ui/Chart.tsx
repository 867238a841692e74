// Charts. ECharts is loaded only with the pages that draw, and only the parts they use.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export interface ChartSeries {
  name: string;
  /** A colour of styles.css, for example `--y-high`. */
  colour: string;
  values: readonly number[];
}

interface ChartProps {
  kind: 'bar' | 'line';
  label: string;
  categories: readonly string[];
  series: readonly ChartSeries[];
  height?: number;
}

export default function Chart({ kind, label, categories, series, height = 220 }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    if (!host.current) return;
    const drawn = echarts.init(host.current, undefined, { renderer: 'svg' });
    chart.current = drawn;
    const watcher = new ResizeObserver(() => drawn.resize());
    watcher.observe(host.current);
    return () => {
      watcher.disconnect();
      drawn.dispose();
    };
  }, []);

  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const quiet = { color: colour('--y-quiet'), fontFamily: 'inherit', fontSize: 12 };
    chart.current?.setOption(
      {
        animation: false,
        grid: { left: 4, right: 8, top: series.length > 1 ? 34 : 10, bottom: 2, containLabel: true },
        legend: series.length > 1 ? { top: 0, left: 0, itemGap: 14, itemWidth: 10, itemHeight: 10, textStyle: quiet } : undefined,
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: kind === 'bar' ? 'shadow' : 'line' },
          backgroundColor: colour('--y-surface'),
          borderColor: colour('--y-line'),
          textStyle: { color: colour('--mantine-color-text'), fontSize: 13 },
        },
        xAxis: {
          type: 'category', data: [...categories], boundaryGap: kind === 'bar', axisLabel: { ...quiet, interval: Math.ceil(categories.length / 7) - 1, hideOverlap: true },
          axisLine: { lineStyle: { color: colour('--y-line') } }, axisTick: { show: false },
        },
        yAxis: {
          type: 'value', minInterval: kind === 'bar' ? 1 : 0, axisLabel: quiet, splitNumber: 3,
          splitLine: { lineStyle: { color: colour('--y-line') } },
        },
        series: series.map((one) => ({
          name: one.name, type: kind, data: [...one.values], color: colour(one.colour),
          ...(kind === 'bar' ? { stack: 'all', barMaxWidth: 26 } : { showSymbol: false, lineStyle: { width: 2 }, areaStyle: { opacity: 0.14 } }),
        })),
      },
      { notMerge: true },
    );
  }, [kind, categories, series, scheme]);

  return <div ref={host} role="img" aria-label={label} style={{ height }} />;
}
