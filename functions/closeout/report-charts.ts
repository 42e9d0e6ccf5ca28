import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

/**
 * Two colours that everybody tells apart (Okabe and Ito, "Color Universal Design", 2008): a dark blue and a light orange, so
 * that they stay apart when printed in grey too. Bars of the second kind are hatched besides.
 */
const DARK = '#0072B2';
const LIGHT = '#E69F00';
const INK = '#1f2328';
const SOFT = '#656d76';
const LINE = '#d8dee4';
const FONT = 'Noto Sans SC';
/** In points of the page's width: a chart is set at 174 mm. */
const WIDTH = 660;
const TEXT = { fontFamily: FONT, fontSize: 11, color: SOFT } as const;

/** A chart as a picture with the sentence that stands for it where it cannot be seen. Figures are in yuan. */
export type Chart = { readonly svg: string; readonly description: string };
type Series = { readonly name: string; readonly yuan: readonly number[] };

/** Upright bars over time. `labels` may be long: about a dozen are shown. */
export function columnChart(labels: readonly string[], series: Series, unit: string, description: string): Chart {
  return drawn(210, description, {
    grid: { left: 58, right: 12, top: 26, bottom: 26 },
    xAxis: {
      ...category(labels),
      axisLabel: { ...TEXT, interval: Math.max(0, Math.ceil(labels.length / 12) - 1), hideOverlap: true },
    },
    yAxis: amounts(unit),
    series: [
      { type: 'bar', name: series.name, data: [...series.yuan], itemStyle: { color: DARK }, barCategoryGap: '25%' },
    ],
  });
}

/** What was used of a whole over time, as a line that climbs under a dashed ceiling. */
export function climbChart(
  labels: readonly string[],
  used: Series,
  ceiling: { readonly name: string; readonly yuan: number },
  unit: string,
  description: string,
): Chart {
  const data = labels.map(() => ceiling.yuan);
  return drawn(210, description, {
    legend: legend(),
    grid: { left: 58, right: 12, top: 34, bottom: 26 },
    xAxis: {
      ...category(labels),
      boundaryGap: false,
      axisLabel: { ...TEXT, interval: Math.max(0, Math.ceil(labels.length / 12) - 1), hideOverlap: true },
    },
    yAxis: amounts(unit),
    series: [
      {
        type: 'line',
        name: used.name,
        data: [...used.yuan],
        symbol: 'none',
        lineStyle: { color: DARK, width: 2.5 },
        itemStyle: { color: DARK },
        areaStyle: { color: DARK, opacity: 0.15 },
      },
      {
        type: 'line',
        name: ceiling.name,
        data,
        symbol: 'none',
        lineStyle: { color: INK, width: 1.2, type: 'dashed' },
        itemStyle: { color: INK },
      },
    ],
  });
}

/** Lying bars, one group for each name, first at the top; names are cut at some twenty characters. */
export function barChart(
  names: readonly string[],
  series: readonly [Series] | readonly [Series, Series],
  unit: string,
  description: string,
): Chart {
  const [first, second] = series;
  const rowHeight = second === undefined ? 22 : 34;
  return drawn(names.length * rowHeight + (second === undefined ? 34 : 56), description, {
    ...(second === undefined ? {} : { legend: legend() }),
    grid: { left: 168, right: 64, top: second === undefined ? 8 : 32, bottom: 24 },
    xAxis: amounts(unit),
    yAxis: {
      type: 'category',
      inverse: true,
      data: names.map(shortened),
      axisLine: { lineStyle: { color: SOFT } },
      axisTick: { show: false },
      axisLabel: { ...TEXT, color: INK },
    },
    series: [bars(first, DARK), ...(second === undefined ? [] : [bars(second, LIGHT)])],
  });
}

/** The name of a row as a chart has room for: names of people and places, cut between characters as a reader counts them. */
const LONGEST_NAME = 13;
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
function shortened(name: string): string {
  // A name of nothing that can be seen gets the mark that the press prints for it.
  if (name.replaceAll(UNSEEN, '').trim() === '') return '〓';
  // A Latin letter is half as wide as a Chinese character.
  let room = LONGEST_NAME * 2;
  let shown = '';
  for (const { segment } of graphemes.segment(name)) {
    room -= segment.length === 1 && segment < '\u2000' ? 1 : 2;
    if (room < 0) return `${shown}…`;
    shown += segment;
  }
  return shown;
}

const bars = ({ name, yuan }: Series, color: string) => ({
  type: 'bar',
  name,
  data: [...yuan],
  itemStyle: { color, borderColor: INK, borderWidth: color === LIGHT ? 0.6 : 0 },
  barCategoryGap: '30%',
  barGap: '10%',
  label: {
    show: true,
    position: 'right',
    ...TEXT,
    fontSize: 10,
    color: INK,
    formatter: ({ value }: { readonly value: number }) => plainNumber(value),
  },
});

const legend = () => ({ top: 0, left: 'center', itemWidth: 18, itemHeight: 9, textStyle: { ...TEXT, color: INK } });

const category = (labels: readonly string[]) => ({
  type: 'category',
  data: [...labels],
  axisLine: { lineStyle: { color: SOFT } },
  axisTick: { show: false },
});

const amounts = (unit: string) => ({
  type: 'value',
  name: unit,
  nameTextStyle: { ...TEXT, align: 'right' },
  splitNumber: 4,
  axisLabel: { ...TEXT, formatter: plainNumber },
  splitLine: { lineStyle: { color: LINE } },
});

/** 1234567 -> "1,234,567"; fractions of a yuan only where a whole axis is below ten. */
const plainNumber = (yuan: number): string =>
  (Math.abs(yuan) < 10 && !Number.isInteger(yuan) ? String(yuan) : String(Math.round(yuan))).replace(
    /\B(?=(\d{3})+(?!\d|\.))/g,
    ',',
  );

function drawn(height: number, description: string, option: EChartsCoreOption): Chart {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option });
    return { svg: renumbered(chart.renderToSVGString()), description };
  } finally {
    chart.dispose();
  }
}

/** Names inside a picture are counted up in a process; counted from 1 in each, the same report is the same bytes. */
function renumbered(svg: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/zr\d+-[a-z]+-?\d+/g, (name) => {
    const known = names.get(name) ?? `n${names.size + 1}`;
    names.set(name, known);
    return known;
  });
}
