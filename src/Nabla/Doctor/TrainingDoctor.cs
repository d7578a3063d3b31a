using Nabla.Data;

namespace Nabla.Doctor;

/// <summary>
/// Watches a training, and says in plain words what is wrong with it and what to try. Give it to a training with
/// <see cref="TrainingOptions.Doctor"/>; docs/doctor.md lists what it can find.
/// </summary>
/// <remarks>
/// It only looks. The weights are the same, bit for bit, with and without it, and it hides nothing: warnings never stop a training. Only what cannot recover is ended,
/// by a <see cref="DivergedException"/> where a number is no longer finite, else by a <see cref="HopelessException"/>; both carry the finding. It looks at a share of the steps
/// and of the numbers, always the same ones, so that it costs less than a hundredth of the training.
/// One doctor watches one training at a time, and forgets the one before when the next begins.
/// </remarks>
public sealed class TrainingDoctor
{
    private readonly Check[] checks;
    private FindingLog? chart;

    /// <summary>A doctor who knows every ailment in docs/doctor.md.</summary>
    public TrainingDoctor() : this(AllChecks())
    {
    }

    /// <summary>A doctor who runs these checks only: some of <see cref="AllChecks"/>, or your own.</summary>
    /// <exception cref="ArgumentException">Two have the same code.</exception>
    public TrainingDoctor(params Check[] checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        this.checks = [.. checks];
        var twice = checks.GroupBy(check => check.Code).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new ArgumentException($"There are {twice.Count()} checks with the code {twice.Key}; each needs its own.", nameof(checks));
    }

    /// <summary>Called with each finding when it is made, on the thread that trains; it should return at once.</summary>
    public Action<Finding>? OnFinding { get; init; }

    /// <summary>What has been found in this training, or in the last one.</summary>
    public IReadOnlyList<Finding> Findings => chart?.Findings ?? [];

    /// <summary>One of each check, in the order of their codes.</summary>
    public static Check[] AllChecks() =>
    [
        new InputScaleCheck(), new ConstantInputCheck(), new MissingClassCheck(), new SingleClassCheck(), new TargetRangeCheck(),
        new NonFiniteCheck(), new OneSignedWeightsCheck(), new SaturationCheck(), new DeadUnitsCheck(), new VanishingGradientCheck(), new LargeUpdateCheck(), new SmallUpdateCheck(),
        new StuckCheck(), new UninformativeInputsCheck(), new OverfittingCheck(), new WorseThanChanceCheck(), new NeverPredictedCheck(),
    ];

    /// <summary>Whom to tell of each step and epoch, once it has begun.</summary>
    internal Examination Examine(Network network, Loss loss, Dataset data, TrainingOptions options)
    {
        chart = new FindingLog(network, OnFinding);
        return new Examination(checks, chart, TrainingFacts.Of(network, loss, data, options));
    }
}
