"""Draws the README's pictures from what the trainer prints and writes: run.svg, report.png.

    python3 docs/pictures.py TRAINER CHROMIUM
"""

import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent
WIDTH, LINE, MARGIN = 78, 18, 16  # columns; pixels
# A page's height in pixels, down to the first curves.
REPORT_SIZE = "1000,1110"


def run(trainer, folder, *words):
    """What a command prints, as somebody would see it."""
    done = subprocess.run([trainer, *words], cwd=folder, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.splitlines()


def terminal(command, lines):
    rows = [("#8fd694", f"$ {command}")] + [("#e6e6e6", line) for line in lines]
    text = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * (row + 1) - 4}" fill="{color}" xml:space="preserve">{escape(line)}</text>'
        for row, (color, line) in enumerate(rows)
    )
    width, height = round(WIDTH * 8.43) + 2 * MARGIN, LINE * len(rows) + 2 * MARGIN
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{escape(command)}</title>
<desc>{escape(" ".join(lines))}</desc>
<rect width="{width}" height="{height}" rx="8" fill="#1d2026"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
{text}
</g>
</svg>
"""


def main():
    trainer, chromium = Path(sys.argv[1]).resolve(), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        lines = run(trainer, folder, "--model", "cnn_digits", "--offline", "--out", "runs/cnn_digits")
        epochs = [row for row, line in enumerate(lines) if line.startswith("epoch")]
        shown = lines[: epochs[3]] + ["..."] + lines[epochs[-1] :]
        (DOCS / "run.svg").write_text(terminal("cargo run -p trainer -- --model cnn_digits", shown))
        run(trainer, folder, *"--model mlp_digits --seeds 1..5 --set schedule.learning_rate=0.0003,0.003 --out sweep".split())
        run(trainer, folder, *"report sweep --out report.html".split())
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={REPORT_SIZE}"]
        page, picture = Path(folder, "report.html"), DOCS / "report.png"
        subprocess.run([chromium, *words, f"--screenshot={picture}", f"file://{page}"], check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
