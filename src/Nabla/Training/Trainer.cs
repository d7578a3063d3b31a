using Nabla.Data;

namespace Nabla;

/// <summary>
/// Start here. Training a network is a walk downhill. The cost C measures how wrong the network is, the gradient ∇C
/// points uphill for each parameter, and each step goes a little way down.
/// </summary>
/// <remarks>
/// <see cref="Step(Matrix, Matrix)"/> learns from one batch. <see cref="Backpropagation"/> finds the gradient, and
/// <see cref="Optimizer.Update"/> moves the weights. <see cref="Train"/> goes through all examples, batch by batch and
/// epoch by epoch (<see cref="TrainingRun"/>).
/// </remarks>
public sealed class Trainer
{
    private readonly Backpropagation backpropagation;

    /// <summary>Combines a network, the loss that measures it, and the optimiser that moves its weights.</summary>
    /// <exception cref="ArgumentException">The network does not fit the loss.</exception>
    public Trainer(Network network, Loss loss, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        backpropagation = new Backpropagation(network, loss);
        (Network, Loss, Optimizer) = (network, loss, optimizer);
    }

    internal Network Network { get; }

    internal Loss Loss { get; }

    internal Optimizer Optimizer { get; }

    /// <summary>
    /// Prepares a training. Enumerate it to train: one epoch after the other, each with its figures.
    /// </summary>
    /// <remarks>
    /// To stop early, <c>break</c>. Nothing happens before the enumeration starts. A learning rate that is set
    /// between epochs is kept, and the schedule continues from it. If the weights are averaged, the network holds the
    /// average between epochs and at the end; with early stopping, it has the best weights at the end.
    /// </remarks>
    /// <param name="data">The examples to learn from.</param>
    /// <param name="options">How to train.</param>
    /// <param name="cancel">Ends the training after the current step. The unfinished epoch yields nothing, but what
    /// was learned in it stays, and <see cref="TrainingRun.TakeCheckpoint"/> returns a checkpoint from which the
    /// training can continue.</param>
    /// <exception cref="ArgumentException">The data does not fit the network, or the network the loss.</exception>
    public TrainingRun Train(Dataset data, TrainingOptions options, CancellationToken cancel = default) =>
        new(this, data, options, from: null, cancel);

    /// <summary>Resumes a training from a checkpoint, bit for bit as if it had never been interrupted.</summary>
    /// <remarks>
    /// <para>Everything that was saved is restored at once; the steps follow when the epochs are enumerated. Network,
    /// loss, optimiser, data and options must be created as for the original training. The values of the network and
    /// the state of the optimiser do not matter: they are overwritten. The number of threads does not matter
    /// either.</para>
    /// <para>There may be more epochs than before. The schedule then continues as in a training of that many epochs.
    /// Schedules that head for an end (cosine, linear, one-cycle, parts in per cent) therefore continue at a higher
    /// learning rate. Observers may be added or left out: one whose state was saved under its name gets it
    /// back.</para>
    /// </remarks>
    /// <param name="checkpoint">The checkpoint (<see cref="TrainingRun.TakeCheckpoint"/>).</param>
    /// <param name="data">The same examples.</param>
    /// <param name="options">The same options.</param>
    /// <param name="cancel">Ends the training after the current step.</param>
    /// <exception cref="ArgumentException">
    /// Data, network or options are not the same; the message says what differs.
    /// </exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public TrainingRun Resume(
        Checkpoint checkpoint, Dataset data, TrainingOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new(this, data, options, checkpoint, cancel);
    }

    /// <summary>Learns from one batch, in a loop of your own: one step against the gradient of its cost.</summary>
    /// <param name="x">(B, inputs): one example per row.</param>
    /// <param name="target">(B, outputs): what the network should give.</param>
    /// <returns>C, the mean cost of the batch before the step.</returns>
    /// <exception cref="DivergedException">
    /// The cost or its gradient is not finite. The weights are as before.
    /// </exception>
    public double Step(Matrix x, Matrix target) => Step(x, target, backpropagation, clipping: null, observers: null);

    /// <summary>
    /// The same within a training, with its clipping and its observers, and with its own backpropagation, whose random
    /// numbers (for layers such as dropout) come from the seed of the training.
    /// </summary>
    internal double Step(
        Matrix x, Matrix target, Backpropagation gradient, Clipping? clipping, ObserverList? observers)
    {
        var cost = gradient.Run(x, target);                 // ∇C(w)
        var divergence = Divergence.Of(Network, cost, Optimizer, clipping);
        observers?.AfterBackpropagation(cost, divergence);
        if (divergence is not null)                         // a step along NaN would ruin every weight
            throw new DivergedException(divergence, Divergence.Origin(Network, cost, gradient), observers);

        clipping?.Apply(Network.Parameters);                // ∇C, shortened if it is too long
        observers?.AfterClipping();

        Optimizer.Update(Network.Parameters);               // w ← w − η·∇C(w)
        return cost;
    }
}
