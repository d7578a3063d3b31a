namespace Nabla.Doctor;

/// <summary>One training under the doctor's eyes: the trainer tells it of each step and epoch, and it decides what to look at.</summary>
internal sealed class Examination : IStateful
{
    private const string Name = "doctor", Checks = "checks";       // in a checkpoint

    private readonly Check[] checks;
    private readonly FindingLog chart;
    private readonly StepFacts step;
    private readonly List<EpochFigures> epochs = [];
    private SamplingPlan sampling = new();
    private bool looking;

    public Examination(Check[] checks, FindingLog chart, TrainingFacts training)
    {
        (this.checks, this.chart) = (checks, chart);
        step = new StepFacts(training);
    }

    /// <summary>Looks at the data and the weights as they are now. Where the training was watched by the same checks before, it goes on from there.</summary>
    /// <param name="before">Where the training goes on from; null for a new one.</param>
    /// <exception cref="InvalidDataException">What is remembered there is damaged.</exception>
    public void Begin(SavedState? before)
    {
        var goesOn = before is not null && before.Texts.TryGetValue($"{Name}.{Checks}", out var codes) && codes.SequenceEqual(Codes);
        var untold = goesOn ? new FindingLog(step.Training.Network, onFinding: null) : chart;      // what the data is like, was found at the start
        foreach (var check in checks)
            check.Begin(step.Training, untold);
        if (goesOn)
            before!.PutBack(Name, this);
    }

    /// <summary>Adds all that it remembers to what a training remembers.</summary>
    public void AddTo(SavedState state) => state.Add(Name, this);

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        List<string> codes = [.. Codes];
        state.Visit(Checks, codes);
        sampling.Visit(state);
        EpochFigures.Visit(state, "epochs", epochs);
        state.Visit("chart", chart);
        foreach (var check in checks)
            state.Visit(check.Code, check);
    }

    /// <summary>Whether this step was looked at, and something that left a layer is not finite, though the cost may be.</summary>
    public bool SawNonFinite => looking && NonFiniteCheck.FirstOutput(step) is not null;

    /// <summary>After backpropagation: remembers the weights if this step is to be looked at.</summary>
    public void BeforeUpdate(Matrix x, Pass pass, double cost, (int Epoch, int Step)? position)
    {
        chart.Position = position;
        looking = position is not null && sampling.Next();          // only in a training
        step.Set(x, pass, cost, sampling);
        if (looking)
            step.RememberWeights();
    }

    /// <summary>After the update: the checks look at the step.</summary>
    /// <exception cref="HopelessException">The training cannot recover.</exception>
    public void AfterUpdate()
    {
        if (!looking)
            return;
        foreach (var check in checks)
            check.AfterStep(step, chart);
        ThrowIfFatal();
    }

    /// <summary>After an epoch.</summary>
    /// <exception cref="HopelessException">The training cannot recover.</exception>
    public void AfterEpoch(Epoch epoch)
    {
        chart.Position = (epoch.Number, null);
        epochs.Add(EpochFigures.Of(epoch));
        foreach (var check in checks)
            check.AfterEpoch(new(step.Training, epoch, epochs), chart);
        ThrowIfFatal();
    }

    /// <summary>Where a number first stopped being finite, or grew too large, in the step that has just been computed.</summary>
    public Finding FirstNonFinite()
    {
        var check = checks.OfType<NonFiniteCheck>().FirstOrDefault() ?? new NonFiniteCheck();
        check.Locate(step, chart);
        return chart.Fatal!;
    }

    private IEnumerable<string> Codes => checks.Select(check => check.Code);

    private void ThrowIfFatal()
    {
        if (chart.Fatal is { } finding)
            throw new HopelessException(finding);
    }
}
