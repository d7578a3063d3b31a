namespace Nabla.Doctor;

/// <summary>The examination of one training: which steps to look at, and what the checks have found so far.</summary>
internal sealed class Examination : IStateful
{
    private readonly Check[] checks;
    private readonly FindingLog log;
    private readonly StepFacts facts;
    private readonly List<EpochFigures> epochs = [];
    private SamplingPlan sampling = new();
    private bool isSampled;                             // whether the current step is looked at

    /// <summary>Looks at the data and the weights as they are now.</summary>
    /// <param name="checks">What to look for.</param>
    /// <param name="training">The training.</param>
    /// <param name="onFinding">Called with each finding; may be null.</param>
    /// <param name="isResumed">
    /// Whether saved state follows. What the data shows was then reported when the training began, and is not reported
    /// again.
    /// </param>
    public Examination(Check[] checks, TrainingFacts training, Action<Finding>? onFinding, bool isResumed)
    {
        this.checks = checks;
        facts = new StepFacts(training);
        log = new FindingLog(training.Network, onFinding, isSilent: isResumed);
        foreach (var check in checks)
            check.Begin(training, log);
    }

    /// <summary>All findings, in the order in which they were made.</summary>
    public IReadOnlyList<Finding> Findings => log.Findings;

    /// <summary>Remembers the weights if this step is looked at. Explains a step that has diverged.</summary>
    public TrainingEnd? AfterBackpropagation(TrainingStep step)
    {
        log.Position = (step.Epoch, step.Number);
        isSampled = sampling.Next();
        facts.Set(step, sampling);
        if (step.Divergence is not null)
            return End(FirstNonFinite());
        if (!isSampled)
            return null;
        if (NonFiniteCheck.FirstOutput(facts) is not null)                  // though the cost may be finite
        {
            var end = End(FirstNonFinite());
            var position = (step.Epoch, step.Number);
            return end with { Error = new DivergedException("The output of a layer is not finite", position, end) };
        }
        facts.RememberWeights();
        return null;
    }

    /// <summary>Runs the checks on the step.</summary>
    public TrainingEnd? AfterUpdate()
    {
        if (!isSampled)
            return null;
        foreach (var check in checks)
            check.AfterStep(facts, log);
        return EndIfFatal();
    }

    /// <summary>Runs the checks on the epoch.</summary>
    public TrainingEnd? AfterEpoch(Epoch epoch)
    {
        log.Position = (epoch.Number, null);
        epochs.Add(EpochFigures.Of(epoch));
        foreach (var check in checks)
            check.AfterEpoch(new(facts.Training, epoch, epochs), log);
        return EndIfFatal();
    }

    /// <inheritdoc/>
    /// <remarks>State that was saved by other checks is not restored: the examination then starts again.</remarks>
    public void Visit(StateVisitor state)
    {
        List<string> codes = [.. checks.Select(check => check.Code)];
        state.Visit("checks", codes);
        var isOwn = codes.SequenceEqual(checks.Select(check => check.Code));
        if (isOwn)
        {
            sampling.Visit(state);
            EpochFigures.Visit(state, "epochs", epochs);
            state.Visit("chart", log);
            foreach (var check in checks)
                state.Visit(check.Code, check);
        }
        log.EndSilence(reportAll: !isOwn);
    }

    /// <summary>Where a value of the current step was first not finite, or too large.</summary>
    private Finding FirstNonFinite()
    {
        var check = checks.OfType<NonFiniteCheck>().FirstOrDefault() ?? new NonFiniteCheck();
        check.Locate(facts, log);
        return log.Fatal!;
    }

    private TrainingEnd? EndIfFatal() => log.Fatal is { } finding ? End(finding) : null;

    private static TrainingEnd End(Finding finding) =>
        new($"{finding.Code}: {finding.Message}", new HopelessException(finding));
}
