"""Draws what scaling.sh measured: the 95th percentile of each operation by the number of patients. Prints it as a table."""

import json
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 420, 60, 380, 30, 50
COLOURS = ["#0b7285", "#c92a2a", "#5f3dc4", "#2b8a3e", "#e67700", "#364fc7", "#a61e4d"]
KEPT = ("read by id", "Patient?name=", "Observation?", "create ")


def figures(folder):
    """{patients: {name: figure}}, by number of patients."""
    found = {}
    for path in pathlib.Path(folder).glob("*.json"):
        found[int(path.stem)] = {one["name"]: one for one in json.loads(path.read_text())}
    return dict(sorted(found.items()))


def table(by_size, names):
    print("| p95, ms | " + " | ".join(f"{size:,} patients" for size in by_size) + " |")
    print("|---" * (len(by_size) + 1) + "|")
    for name in names:
        print(f"| {name} | " + " | ".join(f"{one[name]['p95']:.1f}" for one in by_size.values()) + " |")
    print("| processor, ms each | " + " | ".join("" for _ in by_size) + " |")
    for name in names:
        print(f"| {name} | " + " | ".join(f"{one[name]['processor']:.3f}" for one in by_size.values()) + " |")
    for name in ("disk per resource", "load NDJSON", "cold start to ready", "memory after load"):
        cells = [one[name] for one in by_size.values() if name in one]
        if cells:
            print(f"| {name} | " + " | ".join(f"{cell['value']:,.0f} {cell['unit']}" for cell in cells) + " |")


def drawing(by_size, names):
    sizes = list(by_size)
    top = max(one[name]["p95"] for one in by_size.values() for name in names) * 1.1
    low, high = math.log(sizes[0]), math.log(sizes[-1])
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(size, value):
        across = (math.log(size) - low) / max(high - low, 1e-9)
        return LEFT + across * width, TOP + height * (1 - value / top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18">95th percentile of the time to answer, ms, by number of patients</text>',
    ]
    for step in range(6):
        value = top * step / 5
        _, y = place(sizes[0], value)
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dee2e6"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>')
    for size in sizes:
        x, _ = place(size, 0)
        parts.append(f'<text x="{x:.1f}" y="{TOP + height + 20}" text-anchor="middle">{size:,}</text>')
    for number, name in enumerate(names):
        colour = COLOURS[number % len(COLOURS)]
        points = [place(size, one[name]["p95"]) for size, one in by_size.items()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        label = name.replace("&", "&amp;")
        y = TOP + 14 + number * 20
        parts.append(f'<rect x="{LEFT + width + 16}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + width + 32}" y="{y}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main():
    by_size = figures(sys.argv[1])
    names = [name for name in next(iter(by_size.values())) if name.startswith(KEPT)]
    table(by_size, names)
    pathlib.Path(sys.argv[2]).write_text(drawing(by_size, names))


if __name__ == "__main__":
    main()
