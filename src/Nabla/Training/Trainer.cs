using System.Diagnostics;
using Nabla.Algebra;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training.Doctor;

namespace Nabla.Training;

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
    private (int Epoch, int Step)? position;            // in a training, for messages
    private (string Name, IStateful? Part)[] state = []; // of a training
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

    /// <summary>Everything beside the network that remembers, in the training that was begun last, what later steps depend on; null for what was not asked for.</summary>
    internal IReadOnlyList<(string Name, IStateful? Part)> State => state;

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
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        Compatibility.Check(network, loss, data);
        Compatibility.CheckBatches(network, data, options.BatchSize);
        if (options.Validation is { } examples)
            Compatibility.Check(network, loss, examples);
        options.Augmentation?.Check(data);
        options.EarlyStopping?.Check(options);
        return Epochs(data, options, cancel);
    }

    /// <summary>The random numbers of steps outside a training.</summary>
    internal static RandomGenerator FirstRandom() => new(0);

    private IEnumerable<Epoch> Epochs(Dataset data, TrainingOptions options, CancellationToken cancel)
    {
        random = new RandomGenerator(options.Seed, ShuffleStream);
        pass = null;
        using var batches = new Batches(data, options.BatchSize, options.Augmentation?.For(data, options.Seed));
        Matrix[] learned = [network.Parameters.Values, network.State];
        examination = options.Doctor?.Begin(network, loss, data, options);
        using var rate = new ScheduledRate(optimizer, options);
        using var progression = options.EarlyStopping is { } rule ? new Progression(rule, learned) : null;
        using var average = options.AverageDecay is { } decay ? new ParameterAverage(learned, decay) : null;
        var clipping = options.Clipping is { } most ? new Clipping(most) : null;
        state = [("optimizer", optimizer), ("rate", rate), ("progression", progression), ("average", average)];
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var started = Stopwatch.GetTimestamp();
            var cost = new RunningMean();
            batches.Shuffle(random, epoch);
            average?.Hide();                                // train on the raw weights
            for (var step = 0; step < batches.Count; step++)
            {
                if (cancel.IsCancellationRequested)
                    yield break;
                rate.Set(epoch, (double)step / batches.Count);
                position = (epoch, step + 1);

                var (x, target) = batches[step];
                cost.Add(Step(x, target, clipping), loss.WeightOf(target));
                average?.Add();

                options.OnStep?.Invoke(new(epoch, step + 1, batches.Count, cost.Value));
            }
            position = null;
            average?.Show();                                // evaluate and save the average
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var validation = options.Validation is { } examples ? Evaluation.Of(network, loss, examples) : null;
            var record = new Epoch(epoch, cost.Value, validation, optimizer.LearningRate, seconds) { Gradients = clipping?.Report() };
            rate.Watch(record);
            progression?.Watch(record);
            examination?.AfterEpoch(record);
            yield return record;
            if (progression is { HasEnded: true })
                yield break;
        }
        examination = null;
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
        DivergedException.ThrowIf(network, cost, optimizer, position, examination);     // a step along NaN would ruin every weight
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
}
