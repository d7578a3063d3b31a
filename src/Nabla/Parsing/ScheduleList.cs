using System.Globalization;

namespace Nabla;

/// <summary>
/// Reads schedules from text, as the command and the files of a run write them: “warmup 1 then cosine”.
/// </summary>
internal static class ScheduleList
{
    private const string Separator = " then ";

    /// <summary>Each schedule: its name, how it is written, how many values it takes, and how to make it.</summary>
    private static readonly Kind[] kinds =
    [
        new("constant", "constant", 0, 0, _ => Schedule.Constant),
        new("cosine", "cosine [final share]", 0, 1, v => Schedule.CosineTo(v.Or(0, 0))),
        new("linear", "linear [final share]", 0, 1, v => Schedule.Linear(v.Or(0, 0))),
        new("step", "step EPOCHS FACTOR", 2, 2, v => Schedule.Step(v[0], v[1])),
        new("exponential", "exponential FACTOR", 1, 1, v => Schedule.Exponential(v[0])),
        new("warmup", "warmup LENGTH [first share]", 1, 2, v => Schedule.Warmup(v.Length(0), v.Or(1, 0.01))),
        new("one-cycle", "one-cycle [share that goes up [start [end]]]", 0, 3,
            v => Schedule.OneCycle(v.Or(0, 0.3), v.Or(1, 0.04), v.Or(2, 4e-6))),
        new("plateau", "plateau [patience [factor [cooldown [minimum]]]]", 0, 4,
            v => Schedule.Plateau(v.Whole(0, 5), v.Or(1, 0.5), v.Whole(2, 0), v.Or(3, 0))),
    ];

    /// <summary>The names of all schedules.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Name)];

    /// <summary>
    /// Makes the schedule that <paramref name="text"/> describes: “constant”, “warmup 1 then cosine”, “linear 0.1 for
    /// 50% then constant”. Case does not matter.
    /// </summary>
    /// <exception cref="FormatException">The text is not a schedule; the message says why.</exception>
    public static Schedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return $" {string.Join(' ', words)} ".Split(Separator)
                .Select(item => One(item.Trim()))
                .Aggregate((first, next) => first.Then(next));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InvalidOperationException)
        {
            throw new FormatException($"Schedule '{Excerpt.Of(text)}': {PlainMessage.Of(e)}", e);
        }
    }

    /// <summary>“step 10 0.1”, or with a length, “cosine for 5”.</summary>
    private static Schedule One(string item)
    {
        var words = item.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            throw new FormatException("A schedule is empty. Write one such as \"cosine\" or \"warmup 1 then cosine\".");
        var kind = kinds.FirstOrDefault(kind => kind.Name == words[0]) ?? throw Unknown(words[0]);
        var duration = Array.IndexOf(words, "for");
        var schedule = kind.Make(new(words[1..(duration < 0 ? words.Length : duration)], kind, item));
        if (duration < 0)
            return schedule;
        var length = kind with { Usage = "for LENGTH", Least = 1, Most = 1 };
        return schedule.For(new Values(words[(duration + 1)..], length, item).Length(0));
    }

    private static FormatException Unknown(string name)
    {
        var guess = Spelling.Nearest(name, Names)
            ?? Names.FirstOrDefault(known => name.Length > 1 && known.StartsWith(name, StringComparison.Ordinal));
        return new(
            $"There is no schedule '{name}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
            $"Known are: {string.Join(", ", Names)}; or a sequence, as in \"warmup 1 then cosine\".");
    }

    private sealed record Kind(string Name, string Usage, int Least, int Most, Func<Values, Schedule> Make);

    /// <summary>The values after a name.</summary>
    private sealed class Values
    {
        private readonly string[] words;
        private readonly Kind kind;
        private readonly string item;

        public Values(string[] words, Kind kind, string item)
        {
            (this.words, this.kind, this.item) = (words, kind, item);
            if (words.Length < kind.Least || words.Length > kind.Most)
                throw Wrong(words.Length < kind.Least ? "a number is missing" : $"'{words[kind.Most]}' is too much");
        }

        public double this[int index] => Number(words[index]) ?? throw Wrong($"'{words[index]}' is not a number");

        public double Or(int index, double usual) => index < words.Length ? this[index] : usual;

        public int Whole(int index, int usual) => index >= words.Length
            ? usual
            : int.TryParse(words[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Wrong($"'{words[index]}' is not a whole number");

        /// <summary>Epochs, “1”, or a share of the training, “10%”.</summary>
        public ScheduleLength Length(int index) => words[index] is [.. var share, '%']
            ? ScheduleLength.Share(Number(share) / 100 ?? throw Wrong($"'{words[index]}' is not a share"))
            : ScheduleLength.Epochs(this[index]);

        private static double? Number(string word) =>
            double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

        private FormatException Wrong(string problem) => new(
            $"Schedule '{item}': {problem}. It is written {kind.Usage}" +
            (kind.Usage.Contains("LENGTH") ? ", where a length is a number of epochs or a share such as 10%." : "."));
    }
}
