namespace Nabla;

/// <summary>
/// Watches a training. Add it to <see cref="TrainingOptions.Observers"/>, and override the methods that you need.
/// </summary>
/// <remarks>
/// <para>An observer sees read-only views, valid until its method returns. It can end the training by returning a
/// <see cref="TrainingEnd"/>. That must be its only influence, so that a training gives the same bytes with and without
/// it: the network and the optimiser of the <see cref="TrainingRun"/> are there to be read. It runs on the thread that
/// trains, so it should return soon, and it should not allocate at every step.</para>
/// <para>Its state is part of the training's checkpoints: an observer that passes it to
/// <see cref="Visit"/> gets it back when the training is resumed with an observer of the same name. State in
/// a checkpoint that no observer claims is ignored.</para>
/// </remarks>
public interface ITrainingObserver
{
    /// <summary>
    /// The name under which its state is stored in a checkpoint: letters, digits and dashes, “doctor”.
    /// </summary>
    public string Name { get; }

    /// <summary>Called before the first step.</summary>
    /// <param name="run">The training. Its network has the weights that the first step will start from.</param>
    /// <param name="isResumed">
    /// Whether the training resumes from a checkpoint that has state of this name. It is restored next, through
    /// <see cref="Visit"/>.
    /// </param>
    public void Start(TrainingRun run, bool isResumed)
    {
    }

    /// <summary>
    /// Called after backpropagation: activations, cost and gradients are known, and the weights are unchanged.
    /// </summary>
    /// <returns>Why the training should end; null to continue.</returns>
    public TrainingEnd? AfterBackpropagation(TrainingStep step) => null;

    /// <summary>
    /// Called after clipping, and also without it: the gradients are those that the optimiser will get.
    /// </summary>
    /// <returns>Why the training should end; null to continue.</returns>
    public TrainingEnd? AfterClipping(TrainingStep step) => null;

    /// <summary>
    /// Called after the optimiser has moved the weights. Its weight decay may have changed the gradients.
    /// </summary>
    /// <returns>Why the training should end; null to continue.</returns>
    public TrainingEnd? AfterUpdate(TrainingStep step) => null;

    /// <summary>Called after an epoch and its evaluation.</summary>
    /// <returns>Why the training should end; null to continue.</returns>
    public TrainingEnd? AfterEpoch(Epoch epoch) => null;

    /// <summary>Saves and restores its state. By default, there is none.</summary>
    /// <param name="state">Reads each value when a checkpoint is taken, and overwrites it when one is resumed.</param>
    public void Visit(StateVisitor state)
    {
    }
}

/// <summary>Why an observer ends a training.</summary>
/// <param name="Reason">One sentence, for people.</param>
/// <param name="Error">
/// What the training throws at once, before anything else is changed. If null, the training completes the step it is
/// in, and ends quietly.
/// </param>
public sealed record TrainingEnd(string Reason, Exception? Error = null);
