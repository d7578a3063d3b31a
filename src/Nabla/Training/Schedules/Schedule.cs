using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// How the learning rate changes during a training: a factor for each moment of it. What it is a factor of is the learning rate that the
/// optimiser was given.
/// </summary>
/// <remarks>
/// A schedule remembers nothing. The factor follows from how many epochs are done, how many there will be, and, for <see cref="Plateau"/>,
/// from the losses of the epochs so far. So one schedule can serve many trainings, and a training that is continued finds the same factors.
/// Each has a text as its name, which <c>ScheduleList.Parse</c> reads: “warmup 1 then cosine”.
/// </remarks>
public sealed class Schedule
{
    /// <summary>A factor that is as good as 0, but still makes a learning rate.</summary>
    internal const double Least = 1e-30;

    private readonly Formula formula;

    internal Schedule(string name, Formula formula, ScheduleLength? length = null)
    {
        Name = name;
        this.formula = formula;
        Length = length;
    }

    internal delegate double Formula(double done, double epochs, ReadOnlySpan<double> losses);

    /// <summary>The schedule as text, as the command knows it: “cosine”, “step 10 0.1”.</summary>
    public string Name { get; }

    /// <summary>How long it lasts; null if until the end.</summary>
    internal ScheduleLength? Length { get; }

    /// <summary>The schedules that this one is a sequence of.</summary>
    internal Schedule[] Parts { get => field ?? [this]; init; }

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="done">How many epochs are done, with the part of the one that is under way: from 0 up to but not including <paramref name="epochs"/>.</param>
    /// <param name="epochs">How many epochs there will be.</param>
    /// <param name="losses">The loss after each epoch that is done, the validation's where there is one; only <see cref="Plateau"/> looks at it.</param>
    public double Factor(double done, double epochs, ReadOnlySpan<double> losses = default)
    {
        if (Length?.Of(epochs) is not { } length)
            return formula(done, epochs, losses);
        return done < length ? formula(done, length, losses) : Math.Max(formula(length, length, losses), Least);       // at the end, it stays where it is
    }

    /// <summary>The factor within a sequence, in which it lasts for <paramref name="length"/> epochs.</summary>
    internal double FactorWithin(double done, double length, ReadOnlySpan<double> losses) => formula(done, length, losses);

    /// <summary>The same learning rate throughout.</summary>
    public static Schedule Constant { get; } = new("constant", (_, _, _) => 1);

    /// <summary>Half a wave of a cosine, from the full learning rate down to 0 (Loshchilov and Hutter, 2017, equation 5).</summary>
    public static Schedule Cosine { get; } = CosineTo(0);

    /// <summary>Half a wave of a cosine, from the full learning rate down to a share of it.</summary>
    public static Schedule CosineTo(double final) =>
        new(NameOf("cosine", [Share(final)], [0]), (done, epochs, _) => Wave(1, final, done / epochs));

    /// <summary>A straight line from the full learning rate down to a share of it.</summary>
    public static Schedule Linear(double final = 0) =>
        new(NameOf("linear", [Share(final)], [0]), (done, epochs, _) => 1 - (1 - final) * (done / epochs));

    /// <summary>γ times less after every <paramref name="epochs"/> epochs: γ^⌊done / epochs⌋.</summary>
    public static Schedule Step(double epochs, double gamma = 0.1) =>
        new(NameOf("step", [Positive(epochs, "number of epochs"), Reduction(gamma)], []),
            (done, _, _) => Power(gamma, Math.Floor(done / epochs)));

    /// <summary>γ times less with every epoch, a little of it at each step: γ^done.</summary>
    public static Schedule Exponential(double gamma) =>
        new(NameOf("exponential", [Reduction(gamma)], []), (done, _, _) => Power(gamma, done));

    /// <summary>From a small share up to the full learning rate, in a straight line (Goyal et al., 2017, section 2.2). To be followed by another.</summary>
    /// <param name="epochs">How many epochs it takes, such as 1 or 0.5.</param>
    /// <param name="from">The share to begin with, more than 0.</param>
    public static Schedule Warmup(double epochs, double from = 0.01) => Warmup(ScheduleLength.Epochs(epochs), from);

    /// <summary>A warm-up that takes a share of the training.</summary>
    /// <param name="share">The share of the training that it takes, between 0 and 1.</param>
    /// <param name="from">The share of the learning rate to begin with, more than 0.</param>
    public static Schedule WarmupShare(double share, double from = 0.01) => Warmup(ScheduleLength.Share(share), from);

    internal static Schedule Warmup(ScheduleLength length, double from) =>
        new(NameOf($"warmup {length}", [Positive(Share(from), "share to begin with")], [0.01]),
            (done, epochs, _) => from + (1 - from) * (done / epochs),
            length);

    /// <summary>
    /// Up, then far down, each half a wave of a cosine: the learning rate of the optimiser is the highest, and can be higher than any that
    /// goes well throughout (Smith and Topin, 2018; the form with cosines is fastai's and PyTorch's). Momentum stays as it is.
    /// </summary>
    /// <param name="rise">The share of the training that goes up.</param>
    /// <param name="start">The factor at the start.</param>
    /// <param name="end">The factor at the end.</param>
    public static Schedule OneCycle(double rise = 0.3, double start = 0.04, double end = 4e-6) =>
        new(NameOf("one-cycle", [Positive(Share(rise), "share that goes up"), Positive(Share(start), "factor at the start"), Share(end)], [0.3, 0.04, 4e-6]),
            (done, epochs, _) => done / epochs is var p && p < rise ? Wave(start, 1, p / rise) : Wave(1, end, (p - rise) / (1 - rise)));

    /// <summary>
    /// Less where the loss does not fall any more, as PyTorch's ReduceLROnPlateau: after more than <paramref name="patience"/> epochs
    /// without a loss that is better than the best by a ten-thousandth, the learning rate is multiplied by <paramref name="factor"/>.
    /// </summary>
    /// <param name="patience">How many epochs without progress are borne.</param>
    /// <param name="factor">What the learning rate is multiplied by then.</param>
    /// <param name="cooldown">How many epochs are not counted after that.</param>
    /// <param name="minimum">The share of the learning rate that is left in the end.</param>
    public static Schedule Plateau(int patience = 5, double factor = 0.5, int cooldown = 0, double minimum = 0)
    {
        var plateau = new Plateau(patience, Reduction(factor), cooldown, Share(minimum));
        return new(NameOf("plateau", [patience, factor, cooldown, minimum], [5, 0.5, 0, 0]), (_, _, losses) => plateau.Factor(losses));
    }

    /// <summary>One of your own.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="factor">What to multiply the learning rate by, more than 0, when a share of the training, from 0 up to but not including 1, is done.</param>
    public static Schedule Custom(string name, Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new(name, (done, epochs, _) => factor(done / epochs));
    }

    /// <summary>This schedule for a part of the training, as if that part were all of it; another one follows.</summary>
    /// <exception cref="InvalidOperationException">It has a length already.</exception>
    public Schedule For(double epochs) => For(ScheduleLength.Epochs(epochs));

    /// <summary>This schedule for a share of the training, between 0 and 1.</summary>
    /// <exception cref="InvalidOperationException">It has a length already.</exception>
    public Schedule ForShare(double share) => For(ScheduleLength.Share(share));

    internal Schedule For(ScheduleLength length) => Parts.Length == 1 && Length is null
        ? new($"{Name} for {length}", formula, length)
        : throw new InvalidOperationException($"The parts of '{Name}' say themselves how long they last.");

    /// <summary>This schedule for as long as it lasts, then another, which begins at the full learning rate.</summary>
    /// <exception cref="InvalidOperationException">Nobody has said how long this one lasts.</exception>
    public Schedule Then(Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return ScheduleSequence.Of(this, next);
    }

    /// <summary>The name and its numbers, without those at the end that have their usual values.</summary>
    private static string NameOf(string name, ReadOnlySpan<double> numbers, ReadOnlySpan<double> usual)
    {
        var count = numbers.Length;
        while (count > numbers.Length - usual.Length && numbers[count - 1] == usual[^(numbers.Length - count + 1)])
            count--;
        foreach (var number in numbers[..count])
            name += " " + number.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>From one number to another as t goes from 0 to 1, slow at both ends.</summary>
    private static double Wave(double from, double to, double t) => to + (from - to) * ((1 + ScalarMath.SinCos(Math.PI * t).Cos) / 2);

    /// <summary>γˣ, the same on every machine; never quite 0, which is no learning rate.</summary>
    private static double Power(double gamma, double x) => Math.Max(ScalarMath.Exp(x * ScalarMath.Log(gamma)), Least);

    private static double Share(double value) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"A share of the learning rate or of the training must be at least 0 and less than 1, not {value}.");

    private static double Reduction(double value) => value is > 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"What the learning rate is multiplied by must be more than 0 and less than 1, not {value}.");

    private static double Positive(double value, string what) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The {what} must be more than 0, not {value}.");
}
