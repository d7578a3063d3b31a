namespace Nabla.Doctor;

/// <summary>
/// One ailment of a training: how it shows in the figures, and what to try. A check only observes: the data before
/// the first step, some of the steps, and each epoch.
/// </summary>
/// <remarks>
/// To add your own, derive from this class and pass it to <see cref="TrainingDoctor(Check[])"/>. Override those of
/// the three methods that you need. Report with <see cref="FindingLog.Add"/>, after <see cref="FindingLog.Lacks"/>
/// has returned true: a step must not allocate, except when something is found. What your check counts is not stored
/// in a checkpoint: when a training is resumed, the check starts counting again, but its findings stay in the log.
/// </remarks>
public abstract class Check : IStateful
{
    /// <summary>A stable code, “NB203”. Codes that begin with NB are Nabla's own.</summary>
    public abstract string Code { get; }

    /// <summary>What it looks for, in a few words: “saturated units”.</summary>
    public abstract string Title { get; }

    /// <summary>
    /// Called before the first step. A check must forget here what it remembers of an earlier training.
    /// </summary>
    public virtual void Begin(TrainingFacts training, FindingLog log)
    {
    }

    /// <summary>
    /// Called after a step that is looked at: each of the first few, then fewer and fewer (<see cref="SamplingPlan"/>).
    /// </summary>
    public virtual void AfterStep(StepFacts facts, FindingLog log)
    {
    }

    /// <summary>Called after each epoch.</summary>
    public virtual void AfterEpoch(EpochFacts facts, FindingLog log)
    {
    }

    /// <summary>
    /// Saves and restores its counts, so that a resumed training continues where the checkpoint was taken.
    /// </summary>
    internal virtual void Visit(StateVisitor state)
    {
    }

    void IStateful.Visit(StateVisitor state) => Visit(state);
}
