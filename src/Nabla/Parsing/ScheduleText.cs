using System.Globalization;

namespace Nabla;

/// <summary>Schedules as text, as the command and the files of a run have them: “warmup 1 then cosine”.</summary>
internal static class ScheduleText
{
    private const string Separator = " then ";

    /// <summary>Each schedule: its name, how it is written, how many numbers it takes, and how it is made of them.</summary>
    private static readonly Kind[] kinds =
    [
        new("constant", "constant", 0, 0, _ => Schedule.Constant),
        new("cosine", "cosine [final share]", 0, 1, n => Schedule.CosineTo(n.Or(0, 0))),
        new("linear", "linear [final share]", 0, 1, n => Schedule.Linear(n.Or(0, 0))),
        new("step", "step EPOCHS FACTOR", 2, 2, n => Schedule.Step(n[0], n[1])),
        new("exponential", "exponential FACTOR", 1, 1, n => Schedule.Exponential(n[0])),
        new("warmup", "warmup LENGTH [share to begin with]", 1, 2, n => Schedule.Warmup(n.Length(0), n.Or(1, 0.01))),
        new("one-cycle", "one-cycle [share that goes up [start [end]]]", 0, 3, n => Schedule.OneCycle(n.Or(0, 0.3), n.Or(1, 0.04), n.Or(2, 4e-6))),
        new("plateau", "plateau [patience [factor [cooldown [minimum]]]]", 0, 4, n => Schedule.Plateau(n.Whole(0, 5), n.Or(1, 0.5), n.Whole(2, 0), n.Or(3, 0))),
    ];

    /// <summary>The names of all schedules.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Name)];

    public static Schedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var normal = string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        try
        {
            return $" {normal} ".Split(Separator).Select(item => One(item.Trim())).Aggregate((first, next) => first.Then(next));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InvalidOperationException)
        {
            var message = e is ArgumentOutOfRangeException { ParamName: { } name } ? e.Message.Split($" (Parameter '{name}')")[0] : e.Message;
            throw new FormatException($"Schedule '{Excerpt.Of(text)}': {message}", e);
        }
    }

    /// <summary>The name and its numbers, but for those at the end that are as they would be anyway.</summary>
    public static string Write(string name, ReadOnlySpan<double> numbers, ReadOnlySpan<double> usual)
    {
        var count = numbers.Length;
        while (count > numbers.Length - usual.Length && numbers[count - 1] == usual[^(numbers.Length - count + 1)])
            count--;
        foreach (var number in numbers[..count])
            name += " " + number.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>“step 10 0.1”, or with a length, “cosine for 5”.</summary>
    private static Schedule One(string item)
    {
        var words = item.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            throw new FormatException("A schedule is empty. Write one such as \"cosine\" or \"warmup 1 then cosine\".");
        var kind = kinds.FirstOrDefault(kind => kind.Name == words[0]) ?? throw Unknown(words[0]);
        var duration = Array.IndexOf(words, "for");
        var numbers = new Numbers(words[1..(duration < 0 ? words.Length : duration)], kind, item);
        var schedule = kind.Make(numbers);
        return duration < 0 ? schedule : schedule.For(new Numbers(words[(duration + 1)..], kind with { Usage = "for LENGTH", Least = 1, Most = 1 }, item).Length(0));
    }

    private static FormatException Unknown(string name)
    {
        var guess = Spelling.Nearest(name, Names) ?? Names.FirstOrDefault(known => name.Length > 1 && known.StartsWith(name, StringComparison.Ordinal));
        return new($"There is no schedule '{name}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", Names)}; " +
            "or a sequence, as in \"warmup 1 then cosine\".");
    }

    private sealed record Kind(string Name, string Usage, int Least, int Most, Func<Numbers, Schedule> Make);

    /// <summary>The numbers that follow a name.</summary>
    private sealed class Numbers
    {
        private readonly string[] words;
        private readonly Kind kind;
        private readonly string item;

        public Numbers(string[] words, Kind kind, string item)
        {
            (this.words, this.kind, this.item) = (words, kind, item);
            if (words.Length < kind.Least || words.Length > kind.Most)
                throw Wrong(words.Length < kind.Least ? "a number is missing" : $"'{words[kind.Most]}' is too much");
        }

        public double this[int index] => Number(words[index]) ?? throw Wrong($"'{words[index]}' is no number");

        public double Or(int index, double usual) => index < words.Length ? this[index] : usual;

        public int Whole(int index, int usual) => index >= words.Length ? usual
            : int.TryParse(words[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong($"'{words[index]}' is no whole number");

        /// <summary>Epochs, “1”, or a share, “10%”.</summary>
        public ScheduleLength Length(int index) => words[index] is [.. var share, '%']
            ? ScheduleLength.Share(Number(share) / 100 ?? throw Wrong($"'{words[index]}' is no share"))
            : ScheduleLength.Epochs(this[index]);

        private static double? Number(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

        private FormatException Wrong(string problem) =>
            new($"Schedule '{item}': {problem}. It is written {kind.Usage}{(kind.Usage.Contains("LENGTH") ? ", a length being a number of epochs or a share such as 10%" : "")}.");
    }
}
