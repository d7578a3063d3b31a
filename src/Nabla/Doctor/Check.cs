namespace Nabla.Doctor;

/// <summary>
/// One ailment of trainings: what it looks like in numbers, and what to try. A check only looks: at the data before the first step, at some of
/// the steps, and at each epoch.
/// </summary>
/// <remarks>
/// To add one of your own, derive from this class and give it to <see cref="TrainingDoctor(Check[])"/>. Of the three moments, override those that matter;
/// report with <see cref="FindingLog.Add"/>, after <see cref="FindingLog.Lacks"/> has said that it would be news: a step must not allocate anything, except when something
/// is found. What it counts itself is not in a checkpoint: a training that is resumed begins it anew, though what it has found stays on the chart.
/// </remarks>
public abstract class Check : IStateful
{
    /// <summary>A stable code, “NB203”. Those that begin with NB are Nabla's own.</summary>
    public abstract string Code { get; }

    /// <summary>What it looks for, in a few words: “saturated units”.</summary>
    public abstract string Title { get; }

    /// <summary>Before the first step. What the check remembers of an earlier training is to be forgotten here.</summary>
    public virtual void Begin(TrainingFacts training, FindingLog chart)
    {
    }

    /// <summary>After a step that is looked at: each of the first few, then fewer and fewer (<see cref="SamplingPlan"/>).</summary>
    public virtual void AfterStep(StepFacts facts, FindingLog chart)
    {
    }

    /// <summary>After each epoch.</summary>
    public virtual void AfterEpoch(EpochFacts facts, FindingLog chart)
    {
    }

    /// <summary>Shows what it has counted, so that it goes on counting where a checkpoint was taken.</summary>
    internal virtual void Visit(StateVisitor state)
    {
    }

    void IStateful.Visit(StateVisitor state) => Visit(state);
}
