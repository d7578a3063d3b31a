using Nabla.Data;
using Nabla.Doctor;
using Nabla.Kernels;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

[Collection(Machine.Name)]
public sealed class DoctorTests : MachineTests
{
    public static TheoryData<int, ulong> BrokenRuns => Runs(DoctorRuns.Broken, seeds: 2);

    public static TheoryData<int, ulong> HealthyRuns => Runs(DoctorRuns.Healthy, seeds: 3);

    [Theory]
    [MemberData(nameof(BrokenRuns))]
    public void Every_broken_run_is_diagnosed(int run, ulong seed)
    {
        var result = DoctorRuns.Broken[run].Run(seed);
        Assert.True(
            result.Named is not null,
            $"{result.Run}, seed {seed}: expected {result.Run.Code}, found:\n{string.Join('\n', result.Findings)}");
        Assert.Equal(                                                   // each is reported once
            result.Findings.Count, result.Findings.Select(f => (f.Code, f.Layer, f.Severity)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(HealthyRuns))]
    public void No_healthy_run_raises_an_alarm(int run, ulong seed)
    {
        var result = DoctorRuns.Healthy[run].Run(seed);
        Assert.True(!result.Alarms.Any(), $"{result.Run}, seed {seed}:\n{string.Join('\n', result.Alarms)}");
        var epochs = result.Epochs;
        Assert.True(
            epochs[^1].TrainLoss < 0.92 * epochs[0].TrainLoss,
            $"{result.Run} is not healthy: from {epochs[0].TrainLoss} to {epochs[^1].TrainLoss}.");
    }

    [Fact]
    public void Scales_of_a_normalisation_over_images_do_not_count_as_weights_of_one_sign()
    {
        var doctor = new TrainingDoctor();
        var network = new Network(new Shape(1, 28, 28), Parse.Layers("conv 4 3, layer-norm, relu, dense 10"));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam());
        var options = new TrainingOptions { Epochs = 1, BatchSize = 20, Observers = [doctor] };
        foreach (var _ in trainer.Train(SyntheticData.Digits(200), options))
        {
        }
        Assert.DoesNotContain(doctor.Findings, finding => finding.Code == "NB202");
    }

    [Fact]
    public void Every_code_has_a_broken_run() => Assert.Equal(
        TrainingDoctor.AllChecks().Select(check => check.Code),
        DoctorRuns.Broken.Select(run => run.Code!).Distinct().Order());

    [Theory]
    [InlineData("dense 16, sigmoid, dense 16, sigmoid, dense 4", "sgd")]
    [InlineData("dense 30, relu, dense 4", "adamw")]
    public void The_weights_are_the_same_with_and_without_a_doctor(string layers, string optimizer)
    {
        float[] Trained(TrainingDoctor? doctor)
        {
            var network = new Network(8, Parse.Layers(layers));
            var options = new TrainingOptions
            {
                Epochs = 5,
                BatchSize = 7,
                Seed = 3,
                Validation = Examples.Clouds(40, 8, 4, 2),
                Observers = doctor is null ? [] : [doctor],
            };
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), Examples.OptimizerNamed(optimizer));
            _ = trainer.Train(Examples.Clouds(150, 8, 4, 1), options).Count();
            return network.Parameters.Values.Values.ToArray();
        }

        TestNumbers.AssertSameBits(Trained(null), Trained(new()), layers);
    }

    [Fact]
    public void A_sampled_step_allocates_nothing()
    {
        Workers.Threads = 2;
        foreach (var layers in (string[])["dense 16, relu, dense 16, sigmoid, dense 4", "dense 200, tanh, dense 4"])
        {
            const int steps = 600;                          // samples at 475, 711 …, in the second epoch at 711, 967
            var allocated = new long[steps];
            var options = new TrainingOptions
            {
                Epochs = 2,
                BatchSize = 4,
                Observers = [new TrainingDoctor()],
                OnStep = p => allocated[p.Step - 1] = GC.GetAllocatedBytesForCurrentThread(),
            };
            var trainer = new Trainer(
                new Network(20, Parse.Layers(layers)), new SoftmaxCrossEntropy(), new Adam());
            _ = trainer.Train(Examples.Clouds(4 * steps, 20, 4, 1), options).Count();
            Assert.Equal(allocated[0], allocated[^1]);
        }
    }

    [Fact]
    public void Samples_become_rarer()
    {
        var sampling = new SamplingPlan();
        var taken = Enumerable.Range(1, 20_000).Where(_ => sampling.Next()).ToList();
        int[] first =
        [
            1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94, 141, 211, 316, 474, 711,
            967, 1223, 1479, 1735, 1991, 2247, 2527,
        ];
        Assert.Equal(first, taken.Take(24));
        Assert.Equal(1024, taken[^1] - taken[^2]);
        Assert.Equal((20_000, taken.Count), (sampling.Steps, sampling.Taken));
    }

    [Theory]
    [InlineData("softmax-cross-entropy", 1.6094379124341003)]           // ln 5
    [InlineData("sigmoid-cross-entropy", 2.5020121176909393)]           // −ln 0.2 − 4·ln 0.8, for one yes and four no
    [InlineData("squared-error", 0.8)]                                  // 5 · 0.2 · 0.8, the variance
    public void The_cost_of_chance_is_that_of_the_best_constant_answer(string loss, double expected)
    {
        var target = new Matrix(100, 5);
        for (var i = 0; i < target.Rows; i++)
            target[i, i % 5] = 1;
        Assert.Equal(expected, ChanceCost.Of(Examples.LossNamed(loss), target, [0.2, 0.2, 0.2, 0.2, 0.2]), 1e-6);
    }

    [Fact]
    public void A_check_of_your_own_sees_the_data_the_samples_and_the_epochs()
    {
        var check = new Counting();
        var heard = new List<Finding>();
        var doctor = new TrainingDoctor(check) { OnFinding = heard.Add };
        var trainer = new Trainer(new Network(4, Parse.Layers("dense 3")), new SoftmaxCrossEntropy(), new Sgd(0.1));
        var options = new TrainingOptions { Epochs = 2, BatchSize = 10, Observers = [doctor] };
        _ = trainer.Train(Examples.Clouds(100, 4, 3, 1), options).Count();
        Assert.Equal((1, 8, 2), (check.Begun, check.Steps, check.Epochs));      // of 20 steps: 1, 2, 3, 4, 6, 9, 13, 19
        Assert.Equal("TEST1 note, layer 1 (Dense), epoch 1, step 2: Seen. Look.", heard.Single().ToString());
        Assert.Equal(heard, doctor.Findings);
        _ = trainer.Train(Examples.Clouds(100, 4, 3, 1), options with { Epochs = 1 }).Count();
        Assert.Equal((2, 2), (check.Begun, heard.Count));                       // another training, another log
        Assert.Single(doctor.Findings);
    }

    [Fact]
    public void Two_checks_need_two_codes()
    {
        var error = Assert.Throws<ArgumentException>(() => new TrainingDoctor(new Counting(), new Counting()));
        Assert.StartsWith("There are 2 checks with the code TEST1", error.Message, StringComparison.Ordinal);
    }

    private static TheoryData<int, ulong> Runs(DoctorRun[] runs, int seeds) =>
        new(
            from run in Enumerable.Range(0, runs.Length)
            from seed in Enumerable.Range(1, seeds)
            select (run, (ulong)seed));

    private sealed class Counting : Check
    {
        public override string Code => "TEST1";

        public override string Title => "a test";

        public int Begun { get; private set; }

        public int Steps { get; private set; }

        public int Epochs { get; private set; }

        public override void Begin(TrainingFacts training, FindingLog log) => Begun++;

        public override void AfterStep(StepFacts facts, FindingLog log)
        {
            Steps++;
            if (facts.Look >= 2)
                log.Add(this, FindingSeverity.Note, 0, "Seen.", "Look.");
        }

        public override void AfterEpoch(EpochFacts facts, FindingLog log) => Epochs++;
    }
}
