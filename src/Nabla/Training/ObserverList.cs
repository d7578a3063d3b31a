namespace Nabla;

/// <summary>The observers of one training, called one after the other, and what they are shown.</summary>
internal sealed class ObserverList
{
    private readonly ITrainingObserver[] observers;
    private readonly TrainingStep step;

    public ObserverList(IReadOnlyList<ITrainingObserver> observers, TrainingStep step)
    {
        (this.observers, this.step) = ([.. observers], step);
        CheckNames(this.observers);
    }

    /// <summary>Why one of them has ended the training; null if none has.</summary>
    public TrainingEnd? End { get; private set; }

    /// <summary>Whether some of them are still to be called for this step or epoch.</summary>
    public bool AreWaiting { get; private set; }

    /// <summary>The epoch and the step that the observers are shown.</summary>
    public (int Epoch, int Step) Position => (step.Epoch, step.Number);

    /// <summary>Starts the observers before the first step, and restores those whose state was saved.</summary>
    /// <exception cref="InvalidDataException">Their saved state is damaged.</exception>
    public void Start(TrainingRun run, Checkpoint? from)
    {
        foreach (var observer in observers)
        {
            var isResumed = from is not null && from.State.Has(observer.Name);
            observer.Start(run, isResumed);
            if (isResumed)
                from!.Restore(observer.Name, new State(observer));
        }
    }

    /// <summary>Adds their state to the state of the training.</summary>
    public void AddTo(SavedState state)
    {
        foreach (var observer in observers)
            state.Add(observer.Name, new State(observer));
    }

    /// <summary>A step begins.</summary>
    public void BeginStep(int epoch, int number, double learningRate, Matrix target) =>
        step.Begin(epoch, number, learningRate, target);

    public void AfterBackpropagation(double cost, string? divergence)
    {
        step.Ran(cost, divergence);
        foreach (var observer in observers)
            Note(observer.AfterBackpropagation(step));
    }

    public void AfterClipping()
    {
        foreach (var observer in observers)
            Note(observer.AfterClipping(step));
    }

    public void AfterUpdate()
    {
        for (var i = 0; i < observers.Length; i++)
        {
            AreWaiting = i < observers.Length - 1;
            Note(observers[i].AfterUpdate(step));
        }
    }

    public void AfterEpoch(Epoch epoch)
    {
        for (var i = 0; i < observers.Length; i++)
        {
            AreWaiting = i < observers.Length - 1;
            Note(observers[i].AfterEpoch(epoch));
        }
    }

    /// <summary>
    /// Keeps the first end. If the step has diverged, its error is left to the trainer, which knows what is wrong.
    /// </summary>
    private void Note(TrainingEnd? end)
    {
        if (end is null)
            return;
        End ??= end;
        if (end.Error is { } error && step.Divergence is null)
            throw error;
    }

    private static void CheckNames(ITrainingObserver[] observers)
    {
        for (var i = 0; i < observers.Length; i++)
        {
            var name = observers[i].Name;
            if (string.IsNullOrEmpty(name) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                throw new ArgumentException(
                    $"An observer is called '{name}', but a name of letters, digits and dashes is expected.");
            if (TrainingState.Names.Contains(name) || observers[..i].Any(other => other.Name == name))
                throw new ArgumentException(
                    $"An observer is called '{name}', but another part of the training has that name. Give it its " +
                    "own.");
        }
    }

    private sealed class State(ITrainingObserver observer) : IStateful
    {
        public void Visit(StateVisitor state) => observer.Visit(state);
    }
}
