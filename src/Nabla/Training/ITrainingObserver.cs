namespace Nabla;

/// <summary>
/// Watches a training. Give it to <see cref="TrainingOptions.Observers"/>; override the moments that matter to it.
/// </summary>
/// <remarks>
/// <para>An observer sees read-only views, valid until its method returns. It can end the training by returning a
/// <see cref="TrainingEnd"/>. That is its only influence: a training gives the same bytes with and without observers.
/// It runs on the thread that trains, so it should return soon, and it should not allocate at every step.</para>
/// <para>What it remembers is part of the training's checkpoints: a class that shows it in
/// <see cref="IStateful.Visit"/> gets it back when the training is resumed with an observer of the same name.
/// State in a checkpoint that no observer claims is ignored.</para>
/// </remarks>
public interface ITrainingObserver : IStateful
{
    /// <summary>The name under which its state is stored in a checkpoint: letters, digits and dashes, “doctor”.</summary>
    public string Name { get; }

    /// <summary>Before the first step.</summary>
    /// <param name="run">The training. Its network has the weights that the first step will start from.</param>
    /// <param name="isResumed">
    /// Whether the training goes on from a checkpoint that has state of this name. It is restored next, through
    /// <see cref="IStateful.Visit"/>.
    /// </param>
    public void Start(TrainingRun run, bool isResumed)
    {
    }

    /// <summary>After backpropagation: activations, cost and gradients are known, and the weights are still as before.</summary>
    /// <returns>Why the training should end; null to go on.</returns>
    public TrainingEnd? AfterBackpropagation(TrainingStep step) => null;

    /// <summary>After clipping: the gradients are those that the optimiser will get. Called without clipping, too.</summary>
    /// <returns>Why the training should end; null to go on.</returns>
    public TrainingEnd? AfterClipping(TrainingStep step) => null;

    /// <summary>After the optimiser has moved the weights. Gradients may have been changed by its weight decay.</summary>
    /// <returns>Why the training should end; null to go on.</returns>
    public TrainingEnd? AfterUpdate(TrainingStep step) => null;

    /// <summary>After an epoch and its evaluation.</summary>
    /// <returns>Why the training should end; null to go on.</returns>
    public TrainingEnd? AfterEpoch(Epoch epoch) => null;

    /// <summary>Shows what it remembers, to be saved or restored. By default, nothing.</summary>
    void IStateful.Visit(StateVisitor state)
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
