namespace Nabla.Doctor;

/// <summary>
/// Watches a training, and reports in plain words what is wrong with it and what to try. Pass it to a training as one
/// of its <see cref="TrainingOptions.Observers"/>; docs/doctor.md lists what it can find.
/// </summary>
/// <remarks>
/// It only looks. The weights are the same, bit for bit, with and without it. It hides nothing, and a warning never
/// stops a training. Only a training that cannot recover is ended: by a <see cref="DivergedException"/> where a value
/// is no longer finite, otherwise by a <see cref="HopelessException"/>. The first has the second as its inner
/// exception, and that carries the finding. The doctor samples steps and values, always the same ones, so that it costs
/// less than a hundredth of the training. One doctor watches one training at a time: it forgets the last one when the
/// next starts.
/// </remarks>
public sealed class TrainingDoctor : ITrainingObserver
{
    private readonly Check[] checks;
    private Examination? examination;

    /// <summary>A doctor with every check in docs/doctor.md.</summary>
    public TrainingDoctor() : this(AllChecks())
    {
    }

    /// <summary>A doctor with only these checks: some of <see cref="AllChecks"/>, or your own.</summary>
    /// <exception cref="ArgumentException">Two checks have the same code.</exception>
    public TrainingDoctor(params Check[] checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        this.checks = [.. checks];
        var twice = checks.GroupBy(check => check.Code).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new ArgumentException(
                $"There are {twice.Count()} checks with the code {twice.Key}; each needs its own.", nameof(checks));
    }

    /// <summary>Called on the training thread with each finding when it is made; it should return at once.</summary>
    public Action<Finding>? OnFinding { get; init; }

    /// <summary>What has been found in this training, or in the last one.</summary>
    public IReadOnlyList<Finding> Findings => examination?.Findings ?? [];

    /// <summary>One of each check, in the order of their codes.</summary>
    public static Check[] AllChecks() =>
    [
        new InputScaleCheck(), new ConstantInputCheck(), new MissingClassCheck(), new SingleClassCheck(),
        new TargetRangeCheck(), new NonFiniteCheck(), new OneSignedWeightsCheck(), new SaturationCheck(),
        new DeadUnitsCheck(), new VanishingGradientCheck(), new LargeUpdateCheck(), new SmallUpdateCheck(),
        new StuckCheck(), new UninformativeInputsCheck(), new OverfittingCheck(), new WorseThanChanceCheck(),
        new NeverPredictedCheck(),
    ];

    /// <summary>“doctor”, the name of its state in a checkpoint.</summary>
    public string Name => "doctor";

    /// <inheritdoc/>
    public void Start(TrainingRun run, bool isResumed)
    {
        ArgumentNullException.ThrowIfNull(run);
        examination = new Examination(checks, TrainingFacts.Of(run), OnFinding, isResumed);
    }

    /// <inheritdoc/>
    public TrainingEnd? AfterBackpropagation(TrainingStep step) => examination!.AfterBackpropagation(step);

    /// <inheritdoc/>
    public TrainingEnd? AfterUpdate(TrainingStep step) => examination!.AfterUpdate();

    /// <inheritdoc/>
    public TrainingEnd? AfterEpoch(Epoch epoch) => examination!.AfterEpoch(epoch);

    /// <summary>
    /// Saves and restores its findings and counts, so that a resumed training is watched as if never interrupted.
    /// </summary>
    public void Visit(StateVisitor state) => examination!.Visit(state);
}
