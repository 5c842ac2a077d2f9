//! The page around the sections.

use super::elements::link_to;
use super::pages::{ExperimentPage, ModelPage};
use super::{claims, overview};
use crate::notes::Exhibit;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// All of it, in one file that fetches nothing.
pub(crate) fn page(
    exhibits: &[Exhibit],
    models: &[ModelPage],
    experiments: &[ExperimentPage],
    sections: &[Markup],
) -> Markup {
    let title = "The zoo: what it claims and what was measured";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) "@media print{" (PreEscaped(PRINT)) "}" }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        "Every number here was written by " code { "cargo xtask reproduce" } " from runs of the zoo's own trainer and \
                         experiments. Test parts were read once a run, at its end."
                    }
                }
                nav aria-label="Sections" {
                    ul {
                        li { a href="#sections" { "The notes" } }
                        li { a href="#claims" { "Recipes" } }
                        @for model in models { li { (link_to(model.name())) } }
                    }
                    ul {
                        li { a href="#experiments" { "Experiments" } }
                        @for experiment in experiments { li { (link_to(&experiment.name)) } }
                    }
                }
                main {
                    (overview::section(exhibits))
                    (claims::recipes(models))
                    (claims::experiments(experiments))
                    @for section in sections { (section) }
                }
            }
        }
    }
}

const STYLE: &str = "
:root{--ink:#1b1d20;--soft:#5c636b;--paper:#fff;--tint:#f4f5f7;--line:#dcdfe3;--link:#00568a;--good:#00694a;--bad:#a83a00}
@media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--soft:#a2a9b1;--paper:#16181c;--tint:#1f2227;--line:#3d4248;--link:#7cc4f0;--good:#4fc3a0;--bad:#f0904d}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0 auto;max-width:76rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.4rem;margin:0 0 .4rem}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
p{margin:.4rem 0 .8rem;max-width:46rem}
a{color:var(--link)}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:var(--tint);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
pre{background:var(--tint);padding:.8rem;border-radius:6px;overflow-x:auto}
nav{padding:.4rem 0;margin:0 0 1.5rem;border-block:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem .9rem;list-style:none;padding:0;margin:.3rem 0}
nav li:first-child a{font-weight:600;color:var(--ink)}
section{margin:0 0 3.5rem;scroll-margin-top:1rem}
section.model{border-top:1px solid var(--line);padding-top:1.8rem}
.scroll{overflow-x:auto;margin:.6rem 0 1rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--line)}
th{font-weight:600;background:var(--tint);white-space:nowrap}
#claims td:nth-child(2),#sections td:nth-child(4),#experiments td:nth-child(4){min-width:13rem}
.experiment td:first-child{min-width:9rem}
#claims td:nth-child(3),#claims td:nth-child(4){white-space:nowrap}
small,figcaption,.note{color:var(--soft)}
.verdict{font-size:1.1rem}
span.holds,span.fails{white-space:nowrap}
.holds{color:var(--good);font-weight:600}.fails{color:var(--bad);font-weight:600}.open{color:var(--soft)}
.card{display:grid;grid-template-columns:minmax(8rem,12rem) 1fr;gap:.35rem 1rem;background:var(--tint);padding:1rem 1.1rem;border-radius:8px;font-size:.92rem;margin:.8rem 0}
.card dt{color:var(--soft)}.card dd{margin:0;overflow-wrap:anywhere}
.charts{display:flex;flex-wrap:wrap;gap:1rem 1.5rem;align-items:flex-start}
figure{margin:.5rem 0 1rem}
figure.chart{flex:0 1 auto;max-width:100%}
figure.chart svg{display:block;max-width:100%;height:auto}
figcaption{font-size:.86rem;max-width:36rem;margin-top:.35rem}
figure.grid,figure.filters{display:flex;flex-wrap:wrap;gap:.6rem}
figure.grid figcaption,figure.filters figcaption{flex-basis:100%}
figure.grid div{width:88px;font-size:.72rem;line-height:1.25;padding:4px;border-radius:5px;border:2px solid transparent;overflow-wrap:anywhere}
figure.grid .wrong{border-color:var(--bad)}
figure.grid img{width:76px;height:76px}
figure.filters div{width:64px;font-size:.72rem;text-align:center;overflow-wrap:anywhere}
figure.filters img{width:60px;height:60px}
img{image-rendering:pixelated;display:block;border-radius:3px;margin-bottom:2px}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--link)}
@media (max-width:40rem){.card{grid-template-columns:1fr;gap:0 }.card dd{margin-bottom:.6rem}h1{font-size:1.5rem}}
";

const PRINT: &str = "
:root{--ink:#000;--soft:#444;--paper:#fff;--tint:#f4f5f7;--line:#ccc;--link:#000;--good:#000;--bad:#000}
nav,details{display:none}body{max-width:none;padding:0;font-size:10pt}
section.model{break-before:page;border:0}h2,h3,.verdict{break-after:avoid}figure,tr,.card{break-inside:avoid}.scroll{overflow:visible}
table{font-size:8pt}.charts{gap:.3cm}figure.chart{max-width:48%}section.experiment figure.chart{max-width:100%}
";
