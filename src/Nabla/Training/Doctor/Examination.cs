using Nabla.Algebra;
using Nabla.Layers;
using Nabla.Training.Doctor.Checks;

namespace Nabla.Training.Doctor;

/// <summary>One training under the doctor's eyes: the trainer tells it of each step and epoch, and it decides what to look at.</summary>
internal sealed class Examination
{
    private readonly Check[] checks;
    private readonly Chart chart;
    private readonly StepFacts step;
    private readonly List<Epoch> epochs = [];
    private Looks looks = new();
    private bool looking;

    public Examination(Check[] checks, Chart chart, TrainingFacts training)
    {
        (this.checks, this.chart) = (checks, chart);
        step = new StepFacts(training);
        foreach (var check in checks)
            check.Begin(training, chart);
    }

    /// <summary>Whether this step was looked at, and something that left a layer is not finite, though the cost may be.</summary>
    public bool SawNonFinite => looking && NonFiniteCheck.FirstOutput(step) is not null;

    /// <summary>After backpropagation: remembers the weights if this step is to be looked at.</summary>
    public void BeforeUpdate(Matrix x, Pass pass, double cost, (int Epoch, int Step)? position)
    {
        chart.Position = position;
        looking = position is not null && looks.Next();          // only in a training
        step.Set(x, pass, cost, looks);
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
        epochs.Add(epoch);
        foreach (var check in checks)
            check.AfterEpoch(new(step.Training, epochs), chart);
        ThrowIfFatal();
    }

    /// <summary>Where a number first stopped being finite, or grew too large, in the step that has just been computed.</summary>
    public Finding FirstNonFinite()
    {
        var check = checks.OfType<NonFiniteCheck>().FirstOrDefault() ?? new NonFiniteCheck();
        check.Locate(step, chart);
        return chart.Fatal!;
    }

    private void ThrowIfFatal()
    {
        if (chart.Fatal is { } finding)
            throw new HopelessException(finding);
    }
}
