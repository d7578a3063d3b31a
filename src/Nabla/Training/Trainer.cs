using Nabla.Data;
using Nabla.Doctor;

namespace Nabla;

/// <summary>
/// Start here. Training a network is a walk downhill: the cost C says how wrong it is, the gradient ∇C says which way is up for
/// each parameter, and each step goes a little way down.
/// </summary>
/// <remarks>
/// <see cref="Train"/> goes through the examples in batches; <see cref="Step(Matrix, Matrix)"/> learns from one batch;
/// <see cref="ComputeGradients"/> is backpropagation; <see cref="Optimizer.Update"/> moves the weights.
/// </remarks>
public sealed class Trainer
{
    internal const ulong ShuffleStream = 0x7EA1;        // of the random numbers: apart from those of the initial weights

    private readonly Network network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private RandomGenerator random = FirstRandom();
    private Pass? pass;
    private TrainingRun? course;                             // the training that is under way
    private (int Epoch, int Step)? position;            // in a training, for messages
    private Examination? examination;                   // by the doctor, if there is one

    /// <summary>Brings together what is trained, what it is measured by, and how it moves.</summary>
    /// <exception cref="ArgumentException">The network does not fit the loss.</exception>
    public Trainer(Network network, Loss loss, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        Compatibility.Check(network, loss);
        (this.network, this.loss, this.optimizer) = (network, loss, optimizer);
    }

    /// <summary>The training that was begun last.</summary>
    internal TrainingRun? Course => course;

    /// <summary>Where it was cancelled; null if it was not.</summary>
    internal Checkpoint? Interrupted { get; private set; }

    /// <summary>Trains, and yields a record after each epoch. To stop early, stop asking for more: <c>break</c>.</summary>
    /// <remarks>
    /// Nothing happens until it is enumerated, and to enumerate it again trains on. Cancelled, it ends after the step it is in; the epoch that was
    /// not finished yields no record, but what it has learned stays. A learning rate that is set between epochs is kept, and the schedule goes on from it.
    /// With an average of the weights, the network holds the average between epochs and at the end; with early stopping, it has the best weights at the end.
    /// </remarks>
    /// <exception cref="ArgumentException">The data does not fit the network, or the network the loss.</exception>
    /// <exception cref="DivergedException">The cost or its gradient is no longer a finite number.</exception>
    /// <exception cref="HopelessException">The doctor, if there is one, has found that the training cannot recover.</exception>
    public IEnumerable<Epoch> Train(Dataset data, TrainingOptions options, CancellationToken cancel = default)
    {
        Compatibility.Check(network, loss, data, options);
        return Epochs(() => Begin(data, options, from: null), options, cancel);
    }

    /// <summary>Goes on with a training from where it was stopped, bit for bit as if it never had been, whatever the number of threads.</summary>
    /// <remarks>
    /// All that was saved is put back at once; the steps are made when it is enumerated.
    /// Trainer, data and options have to be made as they were for the training itself; the network and the optimiser may have any numbers, which are overwritten. There may
    /// be more epochs than there were to be: the schedule then goes on as in a training of so many epochs, which for those that have an end in sight (cosine, linear,
    /// one-cycle, parts in per cent) means a higher learning rate from here on. A doctor may come or go; one with the same checks remembers what it has seen.
    /// </remarks>
    /// <param name="checkpoint">Where it was stopped (<see cref="TakeCheckpoint"/>).</param>
    /// <param name="data">The same examples.</param>
    /// <param name="options">The same options.</param>
    /// <param name="cancel">To stop it again.</param>
    /// <exception cref="ArgumentException">Data, network or options are not what they were; the message says what differs.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public IEnumerable<Epoch> Resume(Checkpoint checkpoint, Dataset data, TrainingOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Compatibility.Check(network, loss, data, options);
        CheckpointSettings.Check(checkpoint.Settings, CheckpointSettings.Of(network, loss, optimizer, optimizer.LearningRate, data, options));
        var begun = Begin(data, options, checkpoint);
        return Epochs(() => begun is { IsOver: false } ? begun : Begin(data, options, checkpoint), options, cancel);
    }

    /// <summary>Where the training stands, to go on from later: between epochs, or after any step (<see cref="TrainingOptions.OnStep"/>); or where the last one was cancelled.</summary>
    /// <exception cref="InvalidOperationException">No training is under way, and none was cancelled.</exception>
    /// <exception cref="NotSupportedException">The optimiser is of your own making, and nobody knows what it remembers.</exception>
    public Checkpoint TakeCheckpoint() => (course is { IsOver: false } ? course.Save() : Interrupted)
        ?? throw new InvalidOperationException("No training is under way, and none was cancelled: ask while it is enumerated, or after it was cancelled.");

    /// <summary>The random numbers of steps outside a training.</summary>
    internal static RandomGenerator FirstRandom() => new(0);

    private IEnumerable<Epoch> Epochs(Func<TrainingRun> begin, TrainingOptions options, CancellationToken cancel)
    {
        using var training = begin();
        using var watch = new Watch(this);
        (course, random, pass, Interrupted, examination) = (training, training.Random, null, null, training.Examination);
        while (!training.IsDone)
        {
            for (training.BeginEpoch(); !training.IsEpochDone;)
            {
                if (cancel.IsCancellationRequested)
                {
                    Interrupted = training.SaveIfPossible();
                    yield break;
                }
                position = training.Next;
                var (x, target) = training.NextBatch();
                var cost = Step(x, target, training.Clipping);
                training.Count(cost, loss.WeightOf(target));
                options.OnStep?.Invoke(training.Progress);
            }
            position = null;
            var epoch = training.EndEpoch();
            examination?.AfterEpoch(epoch);
            yield return epoch;
        }
    }

    /// <summary>Learns from one batch: ∇C by backpropagation, then one step against it. Returns the cost before the step.</summary>
    /// <param name="x">(B, inputs): one example a row.</param>
    /// <param name="target">(B, outputs): what the network should give.</param>
    /// <exception cref="DivergedException">The cost or its gradient is not finite. The weights are as before.</exception>
    public double Step(Matrix x, Matrix target) => Step(x, target, clipping: null);

    private double Step(Matrix x, Matrix target, Clipping? clipping)
    {
        var cost = ComputeGradients(x, target);             // ∇C(w), by backpropagation
        examination?.BeforeUpdate(x, pass!, cost, position);
        DivergedException.ThrowIf(network, x, pass!, cost, optimizer, clipping, position, examination);      // a step along NaN would ruin every weight
        clipping?.Apply(network.Parameters);                // ∇C, shortened if it is too long
        optimizer.Update(network.Parameters);               // w ← w − η·∇C(w)
        examination?.AfterUpdate();
        return cost;
    }

    /// <summary>Backpropagation: leaves ∂C/∂w of every parameter in the network's gradients. Returns the cost.</summary>
    public double ComputeGradients(Matrix x, Matrix target)
    {
        if (pass is null || pass.Capacity < x.Rows)
            pass = network.TrainingPass(x.Rows, random);

        var output = network.Forward(x, pass);                                      // a⁰ = x, aˡ = layer l of aˡ⁻¹
        var cost = loss.Forward(output, target);                                    // C
        loss.Backward(output, target, network.OutputDerivative(x.Rows, pass));      // ∂C/∂aᴸ
        network.Backward(x, pass);                                                  // from ∂C/∂aˡ to ∂C/∂aˡ⁻¹, the chain rule
        return cost;
    }

    /// <summary>Ends what belongs to one training only, however it ends.</summary>
    private readonly struct Watch(Trainer trainer) : IDisposable
    {
        public void Dispose() => (trainer.examination, trainer.position) = (null, null);
    }

    private TrainingRun Begin(Dataset data, TrainingOptions options, Checkpoint? from)
    {
        var begun = new TrainingRun(network, loss, optimizer, data, options);
        begun.Begin(from);
        return begun;
    }
}
