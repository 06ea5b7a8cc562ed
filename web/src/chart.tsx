import { HEIGHT, linePoints, WIDTH } from "./chart-line.ts";

interface ChartProps {
  readonly label: string;
  readonly values: readonly number[];
}

export function Chart({ label, values }: ChartProps) {
  return (
    <svg
      class="chart"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <polyline points={linePoints(values)} />
    </svg>
  );
}
