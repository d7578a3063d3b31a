#:property PublishAot=false
// Draws text as a picture of a terminal:
//     nabla train | dotnet run docs/pictures/terminal.cs -- "nabla train" docs/pictures/train.svg
// An SVG holds the text itself, so the picture in the README can be searched, and compared in a review.

using System.Security;
using System.Text;

if (args.Length is < 2 or > 3)
{
    Console.Error.WriteLine("Expected: TITLE OUTPUT.svg [MOST-LINES], and the text on standard input.");
    return 2;
}
const double charWidth = 8.4, lineHeight = 18, margin = 18, bar = 34;
var lines = Console.In.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
if (args.Length == 3)
    lines = lines[..Math.Min(lines.Length, int.Parse(args[2]))];
var width = lines.Append(new string(' ', 80)).Max(line => line.Length) * charWidth + 2 * margin;
var height = lines.Length * lineHeight + 2 * margin + bar;

var svg = new StringBuilder();
var title = SecurityElement.Escape(args[0]);
var size = $"width=\"{width:F0}\" height=\"{height:F0}\"";
svg.Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:F0} {height:F0}" """);
svg.AppendLine($"""{size} role="img">""");
svg.AppendLine($"<title>{title}</title>");
svg.AppendLine("<style>text { white-space: pre }</style>");         // browsers no longer obey xml:space
svg.AppendLine($"""<rect {size} rx="8" fill="#14171f"/>""");
foreach (var (x, colour) in new[] { (20, "#ff5f57"), (40, "#febc2e"), (60, "#28c840") })
    svg.AppendLine($"""<circle cx="{x}" cy="19" r="6" fill="{colour}"/>""");
svg.Append($"""<text x="{width / 2:F0}" y="24" fill="#8b93a7" text-anchor="middle" """);
svg.AppendLine($"""font-family="monospace" font-size="13">{title}</text>""");
svg.Append("""<g fill="#d7dce6" font-family="'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace" """);
svg.AppendLine("""font-size="14" xml:space="preserve">""");
for (var i = 0; i < lines.Length; i++)
    if (lines[i].Trim().Length > 0)
    {
        double y = bar + margin + (i + 0.75) * lineHeight, length = lines[i].Length * charWidth;
        svg.AppendLine(FormattableString.Invariant(
            $"""<text x="{margin}" y="{y:F1}" textLength="{length:F1}">{SecurityElement.Escape(lines[i])}</text>"""));
    }
svg.AppendLine("</g>").AppendLine("</svg>");
File.WriteAllText(args[1], svg.ToString().ReplaceLineEndings("\n"));
return 0;
