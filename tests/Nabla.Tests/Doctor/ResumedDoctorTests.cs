using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Tests.Doctors;

/// <summary>
/// The doctor's findings, and whether it ends a training, do not depend on whether the training was interrupted.
/// </summary>
public sealed class ResumedDoctorTests
{
    private static readonly Dataset unscaled = DoctorData.UnscaledDigits(1).Train;

    private static readonly TrainingOptions options = new() { Epochs = 1 };

    /// <summary>
    /// Runs whose fault takes several samples, or several epochs, to see; and the number of steps before the stop.
    /// </summary>
    public static TheoryData<string, int> Stops => new(
        from run in (string[])
        [
            "pixels from 0 to 255",
            "initial weights far too large",
            "a learning rate far too small",
            "ten layers of sigmoids",
            "Adam with η = 1",
            "a step that kills all ReLUs",
            "a class that is never predicted",
            "labels shuffled, memorised",
            "biases of −20 under ReLUs",
            "a large network for 40 noisy points",
        ]
        from stop in (int[])[1, 3, 19, 50, 200]
        select (run, stop));

    [Theory]
    [MemberData(nameof(Stops))]
    public void A_resumed_doctor_finds_the_same(string name, int stop)
    {
        var run = DoctorRuns.Broken.Single(broken => broken.Name == name);
        var heard = new List<Finding>();
        var (whole, resumed) = (run.Run(seed: 1), run.RunInTwo(seed: 1, stop, heard.Add));
        if (resumed is null)
            return;
        Assert.Equal(whole.Findings.Select(Text), resumed.Findings.Select(Text));
        Assert.Equal(whole.End?.Message, resumed.End?.Message);
        Assert.Equal(whole.Epochs.Select(epoch => epoch.TrainLoss), resumed.Epochs.Select(epoch => epoch.TrainLoss));
        var last = whole.Findings.Skip(whole.Findings.Count - heard.Count);
        Assert.Equal(last.Select(Text), heard.Select(Text));            // each is reported once
    }

    [Theory]
    [InlineData("none")]
    [InlineData("another")]
    public void After_no_doctor_or_one_with_other_checks_the_doctor_starts_afresh(string before)
    {
        var checkpoint = Stopped(before == "none" ? null : new TrainingDoctor(new StuckCheck()));
        var doctor = new TrainingDoctor(new InputScaleCheck());
        _ = NewTrainer().Resume(checkpoint, unscaled, options with { Observers = [doctor] }).Count();
        Assert.Equal(["NB101"], doctor.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void A_training_can_resume_without_its_doctor() =>
        Assert.Single(NewTrainer().Resume(Stopped(new()), unscaled, options));

    [Fact]
    public void The_findings_of_a_check_of_your_own_are_kept_and_its_counts_start_afresh()
    {
        var checkpoint = Stopped(new(new InputScaleCheck(), new Third()));
        var heard = new List<Finding>();
        var doctor = new TrainingDoctor(new InputScaleCheck(), new Third()) { OnFinding = heard.Add };
        _ = NewTrainer().Resume(checkpoint, unscaled, options with { Observers = [doctor] }).Count();
        Assert.Equal(["NB101", "TEST3"], doctor.Findings.Select(finding => finding.Code));
        // It samples steps 3, 4 and 6.
        Assert.Equal("TEST3 note, layer 1 (Dense), epoch 1, step 6: Seen. Look.", Assert.Single(heard).ToString());
    }

    private static Trainer NewTrainer()
    {
        var network = new Network(unscaled.Inputs, Parse.Layers("dense 10"));
        return new(network, new SoftmaxCrossEntropy(), new Sgd(1e-6));
    }

    /// <summary>A checkpoint after two steps.</summary>
    private static Checkpoint Stopped(TrainingDoctor? doctor)
    {
        using var cancellation = new CancellationTokenSource();
        ITrainingObserver[] observers = doctor is null ? [] : [doctor];
        var watched = options with { Observers = observers, OnStep = Cancel };
        var run = NewTrainer().Train(unscaled, watched, cancellation.Token);
        _ = run.Count();
        return run.TakeCheckpoint();

        void Cancel(TrainingRun progress)
        {
            if (progress.Step == 2)
                cancellation.Cancel();
        }
    }

    private static string Text(Finding finding) =>
        $"{finding} {finding.Title} {finding.LayerName} {string.Join(", ", finding.Evidence)}";

    /// <summary>Reports the third sample.</summary>
    private sealed class Third : Check
    {
        private int sampling;

        public override string Code => "TEST3";

        public override string Title => "a test";

        public override void Begin(TrainingFacts training, FindingLog log) => sampling = 0;

        public override void AfterStep(StepFacts facts, FindingLog log)
        {
            if (++sampling == 3)
                log.Add(this, FindingSeverity.Note, 0, "Seen.", "Look.");
        }
    }
}
